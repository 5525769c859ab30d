import { LRUCache } from 'lru-cache';
import { failure } from '../../contract/failures.ts';
import type { KeptCase, Slice } from '../../contract/case.ts';
import { ARMS, type Arm, type Experiment, type Grade, type Standing } from '../../contract/experiment.ts';
import { dollars } from '../../core/figures.ts';
import { casesFor, leftOut } from '../../core/learning/ablation.ts';
import { casesAtOnce } from '../../core/learning/batch.ts';
import { microUsd, usd } from '../../core/money.ts';
import { drawn } from '../../core/learning/draw.ts';
import { standingOf } from '../../core/learning/standing.ts';
import { partsOf } from '../../core/learning/slices.ts';
import type { Store } from '../../store/ports.ts';
import { growCases } from '../cases.ts';
import type { Dependencies } from '../dependencies.ts';
import { parsedHarness } from '../pinned.ts';
import { gradeOf, type CaseRan } from './grade.ts';
import { ABLATION_CASES, shownCases } from './shown-cases.ts';

/** What an experiment does next. */
export interface AdvanceInput {
  readonly experiment: string;
  /** Runs that have ended since. */
  readonly ran: readonly CaseRan[];
  readonly at: number;
}

/** A side in which a case is to be run. */
export interface ArmToRun {
  readonly arm: Arm;
  readonly harness: string;
  /** Lessons that this side is not to know. */
  readonly withoutLessons?: readonly number[];
}

/** A case that is to be run. */
export interface CaseToRun {
  readonly caseId: string;
  readonly seq: number;
  readonly slice: Slice;
  readonly input: unknown;
  readonly arms: readonly ArmToRun[];
  /** What each of its runs may spend. */
  readonly budgetUsd: number;
  /** Lessons up to here may be read: those before its own answer was given, and no newer ones than the experiment's. */
  readonly lessonsUpTo: number;
}

/** How an experiment goes on. */
export type Advance = {
  readonly standing: Standing;
  readonly because: string;
  readonly graded: number;
  readonly of: number;
} & (
  | { readonly kind: 'run'; readonly loop: string; readonly cases: readonly CaseToRun[] }
  /** More cases may come: then it goes on. */
  | { readonly kind: 'parked' }
  | { readonly kind: 'settled' }
);

/**
 * Grades what has run, and says how the experiment stands and which cases are next. All of it is worked out from grades
 * that are on record, so a step that is made again, by whoever and whenever, says the same.
 */
export async function advance(deps: Dependencies, { experiment: id, ran, at }: AdvanceInput): Promise<Advance> {
  const experiment = await deps.store.experiments.find(id);
  if (experiment === undefined)
    throw failure('ArtefactMissing', `Experiment ${id} is not in the store: this is another data folder.`);
  if (experiment.state === 'closed') return await closedAs(deps, experiment, at);
  await gradeAll(deps, experiment, ran);
  if (experiment.kind !== 'eval') await growCases(deps, experiment.loop);
  const cases = await casesOf(deps, experiment);
  const grades = await deps.store.grades.of(id);
  const next = nextOf(experiment, cases, grades, await runLimitOf(deps, experiment));
  await deps.store.experiments.stand(id, {
    state: next.kind === 'run' ? 'running' : next.kind === 'parked' ? 'parked' : 'closed',
    standing: next.standing,
    because: next.because,
    ...(next.kind === 'settled' ? { closedAt: at } : {}),
  });
  if (experiment.kind === 'trial' && next.kind !== 'run') await settleTried(deps, experiment, next, at);
  return next;
}

/** One that was closed, here before or by an erasure of what it is about, stays as it was. */
async function closedAs(deps: Dependencies, experiment: Experiment, at: number): Promise<Advance> {
  const { id, loop, kind, candidate, standing, because } = experiment;
  // Whoever closed it may have been killed before the candidate was told.
  const tried = kind === 'trial' ? await deps.store.candidates.ofVersion(loop, candidate) : undefined;
  if (tried?.state === 'trial') await settleTried(deps, experiment, { standing, because }, at);
  const graded = (await deps.store.grades.of(id)).length;
  return { kind: 'settled', standing, because, graded, of: graded };
}

/** The cases of an experiment, in the order in which they are run. */
async function casesOf(deps: Dependencies, experiment: Experiment): Promise<readonly KeptCase[]> {
  const { store } = deps;
  const cases = await store.cases.list({ loop: experiment.loop });
  const lesson = leftOut(experiment);
  if (lesson === undefined) return drawn(cases, experiment.seed);
  const left = await store.lessonStates.find(experiment.loop, lesson);
  if (left === undefined) return [];
  const { id, loop, watermark, openedAt, candidate, most = ABLATION_CASES } = experiment;
  const earlier = (await store.lessonStates.trials(loop)).filter(
    (trial) => trial.lesson === lesson && trial.harness === candidate && trial.openedAt < openedAt,
  );
  const seen = seenIn(store, id);
  const toLeaveOut = { loop, watermark, lesson: left, since: earlier.at(-1)?.openedAt, most };
  return (await shownCases(deps, toLeaveOut, cases, seen)) ?? casesFor(left, cases);
}

/** Which cases would be shown the lesson that an experiment leaves out: it takes a while to find out. */
const shown = new WeakMap<Store, LRUCache<string, Map<string, boolean>>>();

function seenIn(store: Store, experiment: string): Map<string, boolean> {
  const byExperiment = shown.get(store) ?? new LRUCache<string, Map<string, boolean>>({ max: 20 });
  shown.set(store, byExperiment);
  const seen = byExperiment.get(experiment) ?? new Map<string, boolean>();
  byExperiment.set(experiment, seen);
  return seen;
}

/** What a trial says of its candidate. */
async function settleTried(
  { store }: Dependencies,
  { id, loop, candidate }: Experiment,
  { standing, because }: Pick<Advance, 'standing' | 'because'>,
  at: number,
): Promise<void> {
  const tried = await store.candidates.ofVersion(loop, candidate);
  if (tried === undefined) return;
  const state = standing === 'collecting' ? 'inconclusive' : standing;
  await store.candidates.settle(tried, { state, because, experiment: id, at });
}

async function gradeAll(deps: Dependencies, { id, loop }: Experiment, ran: readonly CaseRan[]): Promise<void> {
  const grades = await Promise.all(
    ran.map(async (one) => {
      const kept = await deps.store.cases.find(loop, one.caseId);
      // Erased while it ran.
      return kept === undefined ? [] : [await gradeOf(deps, id, kept, one)];
    }),
  );
  await deps.store.grades.add(grades.flat());
}

/** What the harness lets a run spend, in micro-USD. */
async function runLimitOf(deps: Dependencies, { loop, candidate }: Experiment): Promise<number> {
  const version = await deps.store.harnesses.find(loop, candidate);
  return version === undefined ? 0 : microUsd(parsedHarness(deps, version).limits.usd);
}

function nextOf(
  experiment: Experiment,
  cases: readonly KeptCase[],
  grades: readonly Grade[],
  runMicroUsd: number,
): Advance {
  const arms = ARMS.filter((arm) => arm === 'candidate' || experiment.baseline !== undefined);
  const chosen = partsOf(experiment, cases);
  const stands = standingOf(experiment, chosen, grades);
  const graded = new Map(grades.map((grade) => [`${grade.arm}/${grade.caseId}`, grade]));
  const counts = {
    standing: stands.standing,
    because: stands.because,
    graded: grades.length,
    of: chosen.length * arms.length,
  };
  if (stands.closed) return { kind: 'settled', ...counts };
  const open = chosen.filter(({ one }) => arms.some((arm) => !graded.has(`${arm}/${one.id}`)));
  // What is inconclusive goes on with cases that are not there yet.
  const wanted =
    stands.standing === 'collecting'
      ? open.filter(({ slice }) => stands.need === undefined || slice === stands.need)
      : [];
  if (wanted.length === 0) return { kind: 'parked', ...counts };
  const without = leftOut(experiment);
  const left = leftOf(experiment, grades);
  const next = wanted.slice(0, casesAtOnce(left, arms.length, runMicroUsd));
  const share = shareOf(left, grades, next.length * arms.length);
  if (share === undefined)
    return {
      kind: 'settled',
      ...counts,
      standing: 'inconclusive',
      because: `no more runs can be paid within its budget of ${dollars(experiment.budgetMicroUsd)}: ${stands.because}`,
    };
  const first = grades.reduce((most, { seq }) => Math.max(most, seq), 0) + 1;
  return {
    kind: 'run',
    loop: experiment.loop,
    ...counts,
    cases: next.map(({ one, slice }, index) => ({
      caseId: one.id,
      budgetUsd: usd(share),
      seq: grades.find(({ caseId }) => caseId === one.id)?.seq ?? first + index,
      slice,
      input: one.input,
      arms: arms
        .filter((arm) => !graded.has(`${arm}/${one.id}`))
        .map((arm) => ({
          arm,
          harness: (arm === 'baseline' ? experiment.baseline : undefined) ?? experiment.candidate,
          ...(arm === 'candidate' && without !== undefined ? { withoutLessons: [without] } : {}),
        })),
      lessonsUpTo: Math.min(experiment.watermark, one.lesson === undefined ? Infinity : one.lesson - 1),
    })),
  };
}

function leftOf({ budgetMicroUsd }: Experiment, grades: readonly Grade[]): number {
  return Math.max(0, budgetMicroUsd - grades.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0));
}

/** What each of the next runs may spend, in micro-USD, so that all of them stay within the budget; undefined where that is less than one has cost, or was refused one. */
function shareOf(leftMicroUsd: number, grades: readonly Grade[], runs: number): number | undefined {
  const dearest = grades.reduce((most, { costMicroUsd }) => Math.max(most, costMicroUsd), 0);
  const share = Math.floor(leftMicroUsd / runs);
  const refused = grades.some(({ outcome }) => outcome === 'overBudget');
  return refused || share < dearest ? undefined : share;
}
