import { failure } from '../contract/failures.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import type { Outcome } from '../contract/outcomes.ts';
import type { PinnedRun } from '../contract/run.ts';
import type { Closed, NewDecision, NewLesson } from '../store/ports.ts';
import type { Dependencies } from './dependencies.ts';
import { decisionOf, type Decided, type RecordDecisionInput } from './gates.ts';
import { inputOf, textOf } from './pinned.ts';

/** Outputs up to this many characters are part of the run's result. */
const RESULT_CHARACTERS = 65_536;

/** How a run ended. */
export interface RecordLessonInput {
  readonly run: PinnedRun;
  readonly outcome: Outcome;
  readonly reason: string;
  /** What was accepted, or the best that was verified so far. */
  readonly artefact?: Digest;
  /** The decision that ended it, where it is not on record yet. */
  readonly decided?: Decided;
  readonly at: Timestamp;
}

/** What the record says about a run that has just closed. */
export interface Recorded {
  readonly attempts: number;
  readonly gates: number;
  readonly lessons: number;
  readonly costMicroUsd: number;
  readonly output?: unknown;
}

/** Closes a run in the record: its last decision, outcome, cost, work and lessons in one transaction. Runs that used up their attempts or stalled leave what went wrong. */
export async function recordLesson(deps: Dependencies, request: RecordLessonInput): Promise<Recorded> {
  const { run, outcome, artefact } = request;
  if (outcome === 'accepted' && run.dryRun) throw failure('Unexpected', 'A dry run cannot be accepted.');
  const decided = request.decided && (await lastDecision(deps, { run, ...request.decided }, outcome));
  const closed = await deps.store.runs.close({
    runKey: run.runKey,
    outcome,
    reason: request.reason,
    closedAt: request.at,
    ...(artefact === undefined ? {} : { artefact }),
    ...(decided === undefined ? {} : { decided }),
    lessons: await lessonsOf(deps, request),
  });
  await showClosed(deps, request, closed);
  if (artefact === undefined || !['accepted', 'dryRun'].includes(outcome)) return closed;
  const text = await textOf(deps, artefact, 'The accepted artefact');
  return text.length > RESULT_CHARACTERS ? closed : { ...closed, output: JSON.parse(text) as unknown };
}

async function showClosed(deps: Dependencies, request: RecordLessonInput, closed: Closed): Promise<void> {
  const { run, outcome, at } = request;
  if (deps.telemetry === undefined) return;
  const openedAt = (await deps.store.runs.find(run.runKey))?.openedAt ?? at;
  const { attempts, costMicroUsd } = closed;
  const { loop, runKey } = run;
  deps.telemetry.event({ kind: 'runClosed', loop, runKey, outcome, openedAt, at, attempts, costMicroUsd });
}

/** An approval that was refused for what stands against the artefact lets nothing be accepted; a run that ends otherwise says so itself. */
async function lastDecision(
  deps: Dependencies,
  decided: RecordDecisionInput,
  outcome: Outcome,
): Promise<NewDecision | undefined> {
  try {
    return await decisionOf(deps, decided);
  } catch (error) {
    if (outcome === 'accepted' || (error as { type?: string }).type !== 'EffectRefused') throw error;
    return undefined;
  }
}

/** What a run leaves that got nowhere. Runs of cases leave their grades. */
async function lessonsOf(deps: Dependencies, request: RecordLessonInput): Promise<NewLesson[]> {
  const { run, outcome } = request;
  if (outcome !== 'exhausted' && outcome !== 'stalled') return [];
  if ((await deps.store.runs.find(run.runKey))?.trigger.kind === 'eval') return [];
  return [await failureLesson(deps, request, outcome)];
}

async function failureLesson(
  deps: Dependencies,
  request: RecordLessonInput,
  kind: 'exhausted' | 'stalled',
): Promise<NewLesson> {
  const { run } = request;
  return {
    key: `${run.runKey}/${kind}`,
    loop: run.loop,
    kind,
    text: request.reason,
    input: await inputOf(deps, run),
    trust: 'untrusted',
    runKey: run.runKey,
    source: 'outcome',
    ...(request.artefact === undefined ? {} : { artefact: request.artefact }),
    createdAt: request.at,
  };
}
