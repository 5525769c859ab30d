import type { Attributes, Meter } from '@opentelemetry/api';
import { failureType, type CallSeen, type EventSeen, type Telemetry } from '../../activities/telemetry.ts';

/** Bounds of the buckets that the GenAI conventions advise. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
/** From a minute to a week: people wait in hours and days. */
const WAITS = [10, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800];

/** Counts what happens in this process. Labels are names of things that somebody configured, never ids. `now` in milliseconds. */
export function counts(meter: Meter, now: () => number): Telemetry {
  const tokens = histogram(meter, 'gen_ai.client.token.usage', '{token}', 'Tokens of a call to a model.', TOKENS);
  const duration = histogram(meter, 'gen_ai.client.operation.duration', 's', 'Time a call to a model took.', SECONDS);
  const spend = meter.createCounter('loopwright_model_spend_usd', { description: 'USD that answered calls cost.' });
  const failures = meter.createCounter('loopwright_model_failures', { description: 'Calls to a model that failed.' });
  const calls = meter.createCounter('loopwright_model_calls', { description: 'Calls to a model.' });
  const steps = meter.createCounter('loopwright_step_failures', { description: 'Tries of a step that failed.' });
  const retries = meter.createCounter('loopwright_step_retries', { description: 'Tries of a step after the first.' });
  const verdicts = meter.createCounter('loopwright_verdicts', { description: 'Verdicts on artefacts.' });
  const decisions = meter.createCounter('loopwright_decisions', {
    description: 'Decisions at gates, by what the verifiers had said.',
  });
  const wait = histogram(meter, 'loopwright_gate_wait_seconds', '', 'From a gate opened to its decision.', WAITS);
  return {
    async step(step, work) {
      const labels = { loop: step.loop, step: step.step };
      if (step.activityAttempt > 1) retries.add(1, labels);
      try {
        return await work();
      } catch (error) {
        steps.add(1, { ...labels, type: failureType(error) });
        throw error;
      }
    },
    async call(call, work) {
      const began = now();
      const ours = { loop: call.loop, model: call.endpoint.model };
      calls.add(1, ours);
      try {
        const done = await work();
        const { usage } = done.reply;
        duration.record((now() - began) / 1000, theirs(call));
        if (usage !== undefined) {
          tokens.record(usage.inputTokens, { ...theirs(call), 'gen_ai.token.type': 'input' });
          tokens.record(usage.outputTokens, { ...theirs(call), 'gen_ai.token.type': 'output' });
        }
        if (done.microUsd !== undefined) spend.add(done.microUsd / 1e6, ours);
        return done;
      } catch (error) {
        const type = failureType(error);
        failures.add(1, { ...ours, type });
        duration.record((now() - began) / 1000, { ...theirs(call), 'error.type': type });
        throw error;
      }
    },
    event(event: EventSeen) {
      const { kind, loop } = event;
      if (kind === 'verified') verdicts.add(1, { loop, verdict: event.verdict.verdict });
      if (kind !== 'gateDecided') return;
      const { decision, verdict = 'none' } = event;
      decisions.add(1, { loop, decision, verdict });
      wait.record(Math.max(0, event.at - event.openedAt) / 1000, { loop, decision });
    },
  };
}

function histogram(meter: Meter, name: string, unit: string, description: string, bounds: number[]) {
  return meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: bounds } });
}

/** Labels of the GenAI conventions. */
function theirs({ endpoint }: CallSeen): Attributes {
  return { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': endpoint.model };
}
