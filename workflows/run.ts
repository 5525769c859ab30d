import { allHandlersFinished, condition, makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import { failure } from '../contract/failures.ts';
import type { RunResult } from '../contract/outcomes.ts';
import type { Draft, RunPlan } from '../contract/run.ts';
import { park, resume, worked } from '../core/clock.ts';
import type { Ending } from '../core/endings.ts';
import { stageOf, stepId } from '../core/steps.ts';
import { Alarm } from './alarm.ts';
import { accepted, close, fail } from './close.ts';
import { decideAt, mustAsk, type Around } from './gate.ts';
import { listen } from './listen.ts';
import { effects, records } from './proxies.ts';
import { whyUnreadable } from './readable.ts';
import { runStage, type Checkpoint } from './stage.ts';
import { initialState, newStage, planOf, type RunState } from './state.ts';
import { show } from './visible.ts';

/** Continue as new at this many bytes of history, whatever the number of events. */
const MAX_HISTORY_BYTES = 2 * 1024 * 1024;

/** What the run ends with, thrown through the author's code. Sticky: catching it changes nothing. */
class RunEnd extends Error {}

/**
 * A loop as a Temporal workflow: opens the run, runs the author's code over the blocks of {@link Run}, and alone closes
 * it. Errors, cancel and stops become outcomes; after continue-as-new the same code runs again and finished steps
 * answer what they answered. The run is `accepted` only where the returned draft has the proofs that its effects need.
 */
export function loopWorkflow(name: string, body: (run: Run) => Promise<Draft>) {
  return async (input?: unknown, options?: unknown, carried?: unknown): Promise<RunResult> => {
    const state = initialState(carried, Date.now());
    listen(state);
    const run = new Run(state, () => continueAsNew(state, input, options));
    try {
      const duplicate = await open(state, name, input, options);
      if (duplicate !== undefined) return duplicate;
      const draft = await body(run);
      return await close(state, state.ending ?? accepted(state, draft), draft.artefact);
    } catch (error) {
      return await fail(state, error);
    }
  };
}

/** The blocks that a loop is made of. A step is remembered by its name and how often it was called before it. */
export class Run {
  readonly #state: RunState;
  readonly #continueAsNew: () => Promise<never>;
  readonly #calls = new Map<string, number>();
  readonly #alarm = new Alarm();

  constructor(state: RunState, goOn: () => Promise<never>) {
    this.#state = state;
    this.#continueAsNew = goOn;
  }

  /**
   * Generates and verifies until a draft is accepted; asks a human where only opinions are against it. Ends the run
   * `exhausted`, `stalled` or `blocked` otherwise. `earlier` gives what other stages made to generator and verifiers.
   */
  async stage<T = unknown>(name: string, earlier: Readonly<Record<string, Draft>> = {}): Promise<Draft<T>> {
    const step = this.#step(name);
    const digests = Object.fromEntries(Object.entries(earlier).map(([stage, draft]) => [stage, draft.artefact]));
    const record = (this.#state.stages[step] ??= newStage(digests));
    if (record.draft !== undefined) return record.draft as Draft<T>;
    const { parked } = this.#state;
    const settled =
      parked?.step === step
        ? ({ kind: 'ask', draft: parked.draft, because: '' } as const)
        : await runStage(this.#state, step, this.#checkpoint);
    if (settled.kind === 'stop') this.end(settled);
    const { draft } = settled;
    if (settled.kind === 'ask') await this.#decide(name, step, draft, settled.because, false);
    this.#state.stages[step] = { ...(this.#state.stages[step] ?? record), draft };
    return draft as Draft<T>;
  }

  /** Parks for a human decision where the approval rule (or the audit's draw) asks for one on this draft. A person's edit takes the draft's place. */
  async gate(name: string, draft: Draft): Promise<void> {
    const step = this.#step(`gate:${name}`);
    if (this.#state.done[step] === true) return;
    const { ask, audit, because } = mustAsk(this.#state, draft);
    if (ask) await this.#decide(name, step, draft, because, audit);
    this.#state.done[step] = true;
  }

  /** Does one effect with a verified and approved draft, once. A dry run only says that it would. */
  async act(effect: string, draft: Draft): Promise<void> {
    const step = this.#step(`act:${effect}`);
    if (this.#state.done[step] === true) return;
    if (this.plan.run.dryRun) {
      this.#state.wouldAct = [...(this.#state.wouldAct ?? []), effect];
      this.#state.done[step] = true;
      return;
    }
    const leaving = this.#checkpoint();
    if (leaving !== undefined) await leaving;
    show(this.#state, 'running');
    const { decided } = this.#state;
    await effects.act.executeWithOptions({ summary: `${stageOf(draft.stage)} act ${effect}` }, [
      {
        run: this.plan.run.runKey,
        effect,
        stage: draft.stage,
        artefact: draft.artefact,
        ...(decided === undefined ? {} : { decided }),
      },
    ]);
    this.#state.decided = undefined;
    this.#state.done[step] = true;
  }

  /** Between steps of an author's own: obeys a stop, the deadline and a long history. With a time it waits first, and its work clock stands still. */
  async pause(ms = 0): Promise<void> {
    const state = this.#state;
    if (ms > 0) {
      state.clock = park(state.clock, Date.now());
      await condition(() => state.stop !== undefined, ms);
      state.clock = resume(state.clock, Date.now());
    }
    const leaving = this.#checkpoint();
    if (leaving !== undefined) await leaving;
  }

  /** Ends the run: there is nothing to do. */
  noWork(reason: string): never {
    return this.end({ outcome: 'noWork', reason });
  }

  /** What was pinned when the run opened. */
  get plan(): RunPlan {
    return planOf(this.#state);
  }

  /** Ends the run with a named outcome. For the blocks; authors return a draft or say `noWork`. */
  private end(ending: Ending): never {
    this.#state.ending ??= { outcome: ending.outcome, reason: ending.reason };
    throw new RunEnd(ending.reason);
  }

  readonly #checkpoint: Checkpoint = () => {
    const state = this.#state;
    if (state.stop !== undefined)
      this.end({ outcome: 'stopped', reason: `Stopped by ${state.stop.by}: ${state.stop.reason}` });
    const workedMs = worked(state.clock, Date.now());
    if (workedMs >= this.plan.deadlineMs) {
      this.end({
        outcome: 'exhausted',
        reason: `The deadline of ${this.plan.deadlineMs / 1000} s of work is reached (${Math.round(workedMs / 1000)} s worked).`,
      });
    }
    return historyIsLong(this.plan) ? this.#continueAsNew() : undefined;
  };

  #decide(name: string, step: string, draft: Draft, because: string, audit: boolean): Promise<void> | undefined {
    if (this.plan.run.dryRun) {
      this.#state.wouldAsk ??= because;
      return undefined;
    }
    const around: Around = {
      alarm: this.#alarm,
      wake: () => historyIsLong(this.plan),
      checkpoint: this.#checkpoint,
      end: (ending) => this.end(ending),
    };
    return decideAt(this.#state, { name, step, draft, because, audit }, around);
  }

  #step(name: string): string {
    if (this.#state.ending !== undefined) throw new RunEnd(this.#state.ending.reason);
    const calls = (this.#calls.get(name) ?? 0) + 1;
    this.#calls.set(name, calls);
    return stepId(name, calls);
  }
}

async function open(state: RunState, name: string, input: unknown, options: unknown): Promise<RunResult | undefined> {
  if (state.plan !== undefined) return undefined;
  for (const [what, value] of Object.entries({ input, 'second input': options })) {
    const why = whyUnreadable(value);
    if (why !== undefined) throw failure('InvalidInput', `The ${what} of loop ${name} ${why}. Give one JSON object.`);
  }
  const info = workflowInfo();
  const schedule = scheduleOf();
  const opened = await records.openRun.executeWithOptions({ summary: 'open' }, [
    {
      loop: name,
      input: input ?? null,
      options: options ?? null,
      runKey: state.runKey,
      workflowId: info.workflowId,
      firstRunId: info.firstExecutionRunId,
      startedAt: info.startTime.getTime(),
      ...(schedule === undefined ? {} : { schedule }),
      ...(info.parent === undefined ? {} : { parent: info.parent.workflowId }),
    },
  ]);
  if (opened.kind === 'opened') {
    const { context } = opened;
    state.plan = opened.plan;
    if (context !== undefined) state.stages[stepId(context.stage, 1)] = { ...newStage({}), context: context.manifest };
    show(state, 'running');
    return undefined;
  }
  const { why, kind: _noWork, attributes, ...first } = opened;
  const reason =
    why === 'alreadyDone'
      ? `alreadyDone: ${first.duplicateOf} did this work`
      : `inProgress: ${first.duplicateOf} is at this work`;
  state.ending = { outcome: 'noWork', reason };
  state.phase = 'closed';
  show(state, 'closed', 'noWork', { harness: first.harness, attributes });
  await condition(allHandlersFinished);
  return { outcome: 'noWork', reason, attempts: 0, costUsd: 0, gates: 0, lessons: 0, ...first };
}

/** Id and scheduled time, where a Temporal Schedule started the run: its period ends there, never at the clock. */
function scheduleOf(): { id: string; at: number } | undefined {
  const { searchAttributes } = workflowInfo();
  const [at] = (searchAttributes['TemporalScheduledStartTime'] ?? []) as Date[];
  const [id] = (searchAttributes['TemporalScheduledById'] ?? []) as string[];
  return at === undefined || id === undefined ? undefined : { id, at: at.getTime() };
}

function historyIsLong(plan: RunPlan): boolean {
  const info = workflowInfo();
  return info.continueAsNewSuggested || info.historySize > MAX_HISTORY_BYTES || info.historyLength > plan.maxEvents;
}

async function continueAsNew(state: RunState, input: unknown, options: unknown): Promise<never> {
  state.leaving = true;
  await condition(allHandlersFinished);
  return await makeContinueAsNewFunc({ workflowType: workflowInfo().workflowType })(input, options, state);
}
