import { allHandlersFinished, CancellationScope, condition, ContinueAsNew, isCancellation } from '@temporalio/workflow';
import type { Digest } from '../contract/names.ts';
import type { RunResult } from '../contract/outcomes.ts';
import type { Draft } from '../contract/run.ts';
import { park } from '../core/clock.ts';
import { endingOf, type Ending } from '../core/endings.ts';
import { usd } from '../core/money.ts';
import { recordAside } from './decisions.ts';
import { causeOf } from './failing.ts';
import { mustAsk } from './gate.ts';
import { records } from './proxies.ts';
import { planOf, type RunState } from './state.ts';
import { describe, show } from './visible.ts';

/** How a run ends whose code came to its end. `accepted` only where the draft has been before the gate that it needs. */
export function accepted(state: RunState, draft: Draft): Ending {
  const { ask, because } = mustAsk(state, draft);
  if (!planOf(state).run.dryRun && ask)
    return { outcome: 'blocked', reason: `The loop returned a draft that it never put before a gate: ${because}.` };
  if (!planOf(state).run.dryRun) return { outcome: 'accepted', reason: 'Verified, approved where needed, and done.' };
  const asked = state.wouldAsk === undefined ? '' : ` A human would have been asked: ${state.wouldAsk}.`;
  const reports = planOf(state).run.autonomy === 'L1' ? ' Autonomy L1: it only reports.' : '';
  return { outcome: 'dryRun', reason: `Done without acting.${reports}${asked}` };
}

/** Closes the record, whatever comes: a cancel in the middle of it is too late, and half a record or two that differ would be worse. */
export function close(state: RunState, ending: Ending, artefact: Digest | undefined): Promise<RunResult> {
  return CancellationScope.nonCancellable(() => closeRecord(state, ending, artefact));
}

async function closeRecord(state: RunState, ending: Ending, artefact: Digest | undefined): Promise<RunResult> {
  const plan = planOf(state);
  const { decided } = state;
  state.phase = 'closed';
  state.clock = park(state.clock, Date.now());
  state.gates = state.gates.map((gate) => (gate.state === 'open' ? { ...gate, state: 'closed' } : gate));
  // After the gates are closed: what was answered before goes on record, and nothing comes after it.
  if (state.aside?.length) await recordAside(state);
  const final = ending.outcome === 'accepted' || ending.outcome === 'dryRun';
  const shown = final ? artefact : state.best;
  const recorded = await records.recordLesson.executeWithOptions({ summary: `record ${ending.outcome}` }, [
    {
      run: plan.run.runKey,
      ...ending,
      ...(shown === undefined ? {} : { artefact: shown }),
      ...(decided === undefined ? {} : { decided }),
      at: Date.now(),
    },
  ]);
  state.ending = ending;
  const { costMicroUsd, output, ...left } = recorded;
  // Results of the many runs of an experiment would fill its history.
  const counts = output === undefined || plan.brief === true ? left : { ...left, output };
  state.costMicroUsd = costMicroUsd;
  show(state, 'closed', ending.outcome);
  describe(state);
  if (!allHandlersFinished()) await condition(allHandlersFinished);
  return {
    ...ending,
    ...counts,
    costUsd: usd(costMicroUsd),
    harness: plan.run.harness,
    ...(shown === undefined ? {} : final ? { artefact: shown } : { best: shown }),
    ...(plan.run.dryRun ? { wouldHave: wouldHave(state) } : {}),
  };
}

function wouldHave({ wouldAct = [], wouldAsk }: RunState): NonNullable<RunResult['wouldHave']> {
  return { effects: wouldAct, ...(wouldAsk === undefined ? {} : { asked: wouldAsk }) };
}

/** Turns whatever the run threw into its ending: stops and known failures are outcomes, cancel and mistakes keep their own status. */
export async function fail(state: RunState, error: unknown): Promise<RunResult> {
  if (error instanceof ContinueAsNew) throw error;
  if (isCancellation(error)) {
    if (state.plan !== undefined) {
      await close(state, { outcome: 'stopped', reason: 'The run was cancelled.' }, undefined);
    }
    throw error;
  }
  const cause = causeOf(error);
  if (state.plan === undefined) throw cause;
  if (state.ending !== undefined) return await close(state, state.ending, undefined);
  const ending = endingOf(cause.type ?? 'Unexpected', cause.message);
  const result = await close(state, { outcome: ending.outcome, reason: ending.reason }, undefined);
  if (ending.fails) throw cause;
  return result;
}
