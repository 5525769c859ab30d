import type { Experiment } from '../../contract/experiment.ts';
import type { LessonTrial } from '../../contract/kept-lesson.ts';
import type { Lesson } from '../../contract/lesson.ts';
import { settledOn, tooFewCases } from '../../core/learning/ablation.ts';
import { drawLessons, type Tryable } from '../../core/learning/lesson-draw.ts';
import { usd } from '../../core/money.ts';
import type { Store } from '../../store/ports.ts';
import { growCases } from '../cases.ts';
import type { Dependencies } from '../dependencies.ts';
import { parsedHarness } from '../pinned.ts';
import { openEval } from './open.ts';
import { ABLATION_CASES, shownCases } from './shown-cases.ts';

/** How many lessons are left out by themselves, to see what they are worth. */
export interface AblationSettings {
  /** Most ablations that are begun a loop and day (UTC); 0: none. */
  readonly perDay: number;
  /** Most that the runs of the cases of one may cost, in USD. */
  readonly budgetUsd: number;
}

/** Share of what a loop may spend a day (`limits.usdPerDay`) that its ablations may take of it: the rest is for its work. */
const SHARE_OF_DAY = 0.5;

/** Lessons of which it is found out in one look whether any case would be shown them. */
const LOOKED_AT = 5;

/** So long no lesson is looked for again where none was to be tried, in milliseconds. */
const REST_MS = 10 * 60_000;

/** What was found of a version of a loop on a day. */
interface Found {
  readonly of: string;
  /** Lessons that are not to be tried, and why. */
  readonly passed: Map<number, string>;
  restsUntil: number;
  told: boolean;
}

/** What begins an ablation's id: those that were begun by themselves, of a loop. */
export function ablationIds(loop: string): string {
  return `ablation-${loop}-`;
}

/**
 * Records the next ablation of a loop, where its day has room for one and a lesson is drawn that enough cases would be shown;
 * its workflow is started by whoever asks. Nothing may be at work on another one of the loop. Until something of that
 * changes the same is recorded again, so that whoever is killed starts no second.
 */
export async function nextAblation(
  deps: Dependencies,
  loop: string,
  settings: AblationSettings,
): Promise<Experiment | undefined> {
  const { store } = deps;
  const at = deps.now();
  const day = dayOf(at);
  const current = await store.harnesses.current(loop);
  const trials = await store.lessonStates.trials(loop);
  const begun = trials.filter((one) => one.experiment.startsWith(ablationIds(loop)) && dayOf(one.openedAt) === day);
  if (current === undefined || begun.length >= settings.perDay) return undefined;
  const harness = `v${current.version}`;
  const found = foundOf(store, loop, `${day}/${harness}`);
  if (at < found.restsUntil) return undefined;
  const lessons = await tryable(deps, { loop, harness, trials, found });
  const order = drawLessons(lessons, `${loop}/${day}/${begun.length}/${harness}`);
  const drawn = await firstShown(deps, { loop, harness, trials, found }, order.slice(0, LOOKED_AT));
  if (drawn === undefined) {
    if (order.length <= LOOKED_AT) rest(deps, { loop, found, at });
    return undefined;
  }
  const { usdPerDay } = parsedHarness(deps, current).limits;
  return await openAblation(deps, {
    loop,
    lesson: drawn.id,
    harness,
    budgetUsd: Math.min(settings.budgetUsd, (SHARE_OF_DAY * usdPerDay) / settings.perDay),
    workflowId: `${ablationIds(loop)}${drawn.id}-${drawn.tries + 1}`,
    at,
  });
}

/** What an ablation's workflow is started with; the same for one that is on record. */
export function ablationInput({
  loop,
  lesson,
  harness,
  budgetMicroUsd,
  most,
}: { readonly loop: string } & Pick<LessonTrial, 'lesson' | 'harness' | 'budgetMicroUsd' | 'most'>) {
  return { loop, lesson, harness, budgetUsd: usd(budgetMicroUsd), ...(most === undefined ? {} : { most }) };
}

async function openAblation(
  deps: Dependencies,
  {
    workflowId,
    at,
    ...input
  }: { readonly workflowId: string; readonly at: number } & Readonly<Record<string, unknown>>,
): Promise<Experiment> {
  return await openEval(deps, { input, workflowId, at });
}

interface Looking {
  readonly loop: string;
  readonly harness: string;
  readonly trials: readonly LessonTrial[];
  readonly found: Found;
}

/** Lessons that are not settled, as far as is known without looking at cases. */
async function tryable({ store }: Dependencies, { loop, harness, trials, found }: Looking): Promise<Tryable[]> {
  const used = await store.lessonStates.tryable(loop);
  return used.flatMap(({ lesson, ...uses }): Tryable[] => {
    const own = trials.filter((trial) => trial.lesson === lesson);
    const settled = settledOn(harness, own);
    if (settled !== undefined) found.passed.set(lesson, settled);
    return found.passed.has(lesson) ? [] : [{ id: lesson, ...uses, tries: own.length }];
  });
}

/** The first that enough cases would be shown. */
async function firstShown(
  deps: Dependencies,
  { loop, harness, trials, found }: Looking,
  order: readonly Tryable[],
): Promise<Tryable | undefined> {
  if (order.length === 0) return undefined;
  await growCases(deps, loop);
  const cases = await deps.store.cases.list({ loop });
  const watermark = await deps.store.lessons.watermark();
  const known = new Map(
    (await deps.lessons.examples({ loop, watermark })).map((one): [number, Lesson] => [one.id, one]),
  );
  for (const drawn of order) {
    const lesson = known.get(drawn.id);
    if (lesson === undefined) continue;
    const last = trials.findLast((trial) => trial.lesson === drawn.id && trial.harness === harness);
    const wanted = { loop, watermark, lesson, since: last?.openedAt, most: ABLATION_CASES };
    const shown = await shownCases(deps, wanted, cases);
    const why = shown === undefined ? 'of a loop that does not say which it shows' : tooFewCases(shown, last);
    if (why === undefined) return drawn;
    found.passed.set(drawn.id, why);
  }
  return undefined;
}

/** Says once a day why no lesson is tried any more. */
function rest(
  { report }: Pick<Dependencies, 'report'>,
  { loop, found, at }: { readonly loop: string; readonly found: Found; readonly at: number },
): void {
  found.restsUntil = at + REST_MS;
  if (found.told || found.passed.size === 0) return;
  found.told = true;
  const reasons = [...Map.groupBy(found.passed.values(), (why) => why)].map(([why, all]) => `${all.length} ${why}`);
  report(`${loop}: there is no lesson to try just now. Runs know ${reasons.join('; ')}.`);
}

const foundIn = new WeakMap<Store, Map<string, Found>>();

/** What was found today: the next day, with other cases, it is looked again. */
function foundOf(store: Store, loop: string, of: string): Found {
  const byLoop = foundIn.get(store) ?? new Map<string, Found>();
  foundIn.set(store, byLoop);
  const known = byLoop.get(loop);
  if (known?.of === of) return known;
  const anew = { of, passed: new Map<number, string>(), restsUntil: 0, told: false };
  byLoop.set(loop, anew);
  return anew;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
