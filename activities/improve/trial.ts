import { microUsd } from '../../core/money.ts';
import { letsThrough, rulesOf } from '../../core/learning/gate.ts';
import type { Candidate } from '../../contract/candidate.ts';
import type { Dependencies } from '../dependencies.ts';
import { parsedHarness } from '../pinned.ts';
import { openExperiment } from '../experiments/open.ts';
import { askedOf, candidateOf, type OfImprove } from './asked.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A trial that has begun. */
export interface Trial {
  readonly experiment: string;
  /** How long to wait for new cases where those that there are prove nothing, in milliseconds. */
  readonly everyMs: number;
  /** When to wait no more. */
  readonly until: number;
}

/** Begins the trial of the candidate that a run has proposed; the same again is the same trial. */
export async function openTrial(deps: Dependencies, { run, at }: OfImprove): Promise<Trial> {
  const { budgetUsd, everyMinutes, waitDays } = await askedOf(deps, run);
  const candidate = await candidateOf(deps, run);
  const id = `trial-${candidate.loop}-${candidate.version}-${run.runKey.slice(0, 8)}`;
  const { cluster } = candidate.manifest;
  const { openedAt } = await openExperiment(deps, {
    id,
    loop: candidate.loop,
    kind: 'trial',
    baseline: candidate.base,
    candidate: candidate.version,
    change: candidate.kind,
    widens: candidate.widens,
    ...(cluster === undefined ? {} : { cluster }),
    ...(letsThrough(candidate.kind, candidate.widens) ? { atLeast: await rightEnough(deps, candidate) } : {}),
    budgetMicroUsd: microUsd(budgetUsd),
    workflowId: (await deps.store.runs.find(run.runKey))?.workflowId ?? '',
    at,
  });
  if (candidate.state === 'proposed')
    await deps.store.candidates.settle(candidate, {
      state: 'trial',
      because: 'its trial has begun',
      experiment: id,
      at,
    });
  return { experiment: id, everyMs: everyMinutes * MINUTE, until: openedAt + waitDays * DAY };
}

/** Share that has to be right of what a candidate would let through: as the version says that is to be changed. */
async function rightEnough(deps: Dependencies, { loop, base, kind, widens }: Candidate): Promise<number> {
  const found = await deps.store.harnesses.find(loop, base);
  return rulesOf(kind, widens, found && parsedHarness(deps, found).approval.rightAlone).floor;
}
