import { failureType, type StepSeen, type Telemetry } from '../../activities/telemetry.ts';
import { jsonLine, type Fields } from '../json-line.ts';

/** Writes a line for each step, paid call and event of a run, with its ids; of a failure its type, never its words. */
export function logLines(write: (line: string) => void, now: () => number): Telemetry {
  const say = (level: 'info' | 'warn', message: string, fields: Fields): void =>
    write(jsonLine(now(), level, message, fields));
  const timed = async <T>(
    message: string,
    fields: Fields,
    work: () => Promise<T>,
    of: (made: T) => Fields,
  ): Promise<T> => {
    const begun = now();
    try {
      const made = await work();
      say('info', message, { ...fields, durationMs: now() - begun, ...of(made) });
      return made;
    } catch (error) {
      say('warn', `${message} failed`, { ...fields, durationMs: now() - begun, failure: failureType(error) });
      throw error;
    }
  };
  return {
    step: (step, work) => timed(`step ${step.step}`, fieldsOf(step), work, () => ({})),
    call: ({ endpoint, request: _content, ...call }, work) =>
      timed('model call', { ...call, model: endpoint.model }, work, ({ reply, microUsd }) => ({
        inputTokens: reply.usage?.inputTokens,
        outputTokens: reply.usage?.outputTokens,
        costUsd: microUsd === undefined ? undefined : microUsd / 1e6,
        uncertain: microUsd === undefined ? true : undefined,
      })),
    event(event) {
      const { loop, runKey } = event;
      switch (event.kind) {
        case 'verified':
          return say('info', 'verified', { loop, runKey, stage: event.stage, verdict: event.verdict.verdict });
        case 'gateOpened':
          return say('info', 'gate opened', { loop, runKey, gate: event.gate, audit: event.audit });
        case 'gateDecided': {
          const { gate, decision, at, openedAt } = event;
          return say('info', 'gate decided', { loop, runKey, gate, decision, waitedMs: Math.max(0, at - openedAt) });
        }
        case 'runClosed': {
          const { outcome, attempts, costMicroUsd, at, openedAt } = event;
          const durationMs = Math.max(0, at - openedAt);
          return say('info', 'run closed', {
            loop,
            runKey,
            outcome,
            attempts,
            costUsd: costMicroUsd / 1e6,
            durationMs,
          });
        }
      }
    },
  };
}

function fieldsOf({ step: _named, ...where }: StepSeen): Fields {
  return where;
}
