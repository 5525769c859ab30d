import type { KeptCase } from '../../contract/case.ts';
import { casesFor } from '../../core/learning/ablation.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { isAmongNearest } from '../nearest-lessons.ts';

/** Cases of an ablation where nobody says how many: those whose runs would be shown the lesson and are nearest to it. */
export const ABLATION_CASES = 60;

/** Cases that are looked at for whether they would be shown a lesson, the nearest first: further away there are hardly any. */
const LOOKED_AT = 300;

/** The embedded learner reads every example; so many, the nearest, decide what it answers. */
const DECIDING = 12;

/** A lesson that is to be left out, and what the runs may know. */
export interface ToLeaveOut {
  readonly loop: string;
  readonly watermark: number;
  readonly lesson: { readonly id: number; readonly input: unknown };
  /** When it was last tried: cases that came since are first. */
  readonly since: number | undefined;
  readonly most: number;
}

/**
 * The cases whose runs would be shown a lesson, nearest to it first: on all others leaving it out is two equal runs.
 * Undefined where a loop does not say which lessons it shows. `seen` keeps what was found of a case: it stays so.
 */
export async function shownCases(
  deps: Pick<Dependencies, 'loops' | 'lessons'>,
  { loop, watermark, lesson, since, most }: ToLeaveOut,
  cases: readonly KeptCase[],
  seen: Map<string, boolean> = new Map(),
): Promise<readonly KeptCase[] | undefined> {
  const entry = deps.loops.get(loop);
  const limit = entry === undefined ? undefined : mostShown(entry.loop);
  if (limit === undefined) return undefined;
  const nearest = casesFor(lesson, cases);
  const fresh = nearest.filter(({ at }) => since !== undefined && at > since);
  const shown: KeptCase[] = [];
  for (const one of [...fresh, ...nearest.filter((other) => !fresh.includes(other))].slice(0, LOOKED_AT)) {
    if (shown.length === most) break;
    const known = seen.get(one.id) ?? (await wouldShow(deps, { loop, watermark, lesson, limit }, one));
    seen.set(one.id, known);
    if (known) shown.push(one);
  }
  return shown;
}

async function wouldShow(
  deps: Pick<Dependencies, 'lessons'>,
  { loop, watermark, lesson, limit }: Pick<ToLeaveOut, 'loop' | 'watermark' | 'lesson'> & { readonly limit: number },
  one: KeptCase,
): Promise<boolean> {
  const upTo = Math.min(watermark, one.lesson === undefined ? Infinity : one.lesson - 1);
  const known = await deps.lessons.examples({ loop, watermark: upTo });
  return await isAmongNearest(lesson.id, known, one.input, limit);
}

/** Lessons that a run of a loop is shown at most, in its context or by its learner; undefined where it does not say. */
function mostShown({ stages }: Loop): number | undefined {
  const limits = Object.values(stages).flatMap(({ context = [], generate }) => [
    ...context.flatMap(({ mostLessons }) => mostLessons ?? []),
    ...(generate.kind === 'model' && generate.decision !== undefined ? [DECIDING] : []),
  ]);
  return limits.length === 0 ? undefined : Math.max(...limits);
}
