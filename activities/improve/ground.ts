import type { KeptCase } from '../../contract/case.ts';
import type { Lesson } from '../../contract/lesson.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { meets } from '../../core/learning/expected.ts';
import { mayInstruct } from '../../core/learning/may-instruct.ts';
import { priceOf } from '../../core/prices.ts';
import type { Ground, PastAnswer, RouteFact } from '../../core/learning/proposers/proposer.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { Store } from '../../store/ports.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgedBy } from '../route.ts';

/** Route of `loopwright.yaml` whose model proposes changes, where there is one. */
export const PROPOSER = 'proposer';

/** Newest lessons that are looked at. */
const MOST_LESSONS = 20_000;

/** Newest answers that proposers go by: they look at each many times. */
const MOST_ANSWERS = 2000;

/**
 * What proposers may know of a loop, of all that was decided up to a lesson: the answers behind its cases that are not
 * sealed. A decision whose case is sealed, or that has none yet, is left out: it judges what is proposed. So is a lesson that was retired.
 */
export async function answersOf(
  { store }: Dependencies,
  loop: string,
  watermark: number,
): Promise<readonly PastAnswer[]> {
  const byLesson = new Map<number, KeptCase>();
  const sealed = new Set<number>();
  for (const one of await store.cases.list({ loop })) {
    if (one.lesson === undefined) continue;
    if (one.sealed) sealed.add(one.lesson);
    else byLesson.set(one.lesson, one);
  }
  const stands = new Map((await store.lessonStates.list({ loop, limit: MOST_LESSONS })).map((one) => [one.id, one]));
  const lessons = await store.lessons.list({ loop, after: 0, upTo: watermark });
  const seen = lessons
    .flatMap((lesson) => {
      const kept = sealed.has(lesson.id) ? undefined : byLesson.get(lesson.id);
      const stand = stands.get(lesson.id);
      if (kept === undefined || lesson.predicted === undefined || stand?.state === 'retired') return [];
      return [{ lesson, kept, mayInstruct: stand !== undefined && mayInstruct(stand) }];
    })
    .slice(-MOST_ANSWERS);
  return await Promise.all(
    seen.map(async ({ lesson, kept, mayInstruct: may }) => {
      const held = await wasHeld(store, lesson);
      return { ...answerOf(lesson, kept), ...(held ? { held } : {}), mayInstruct: may };
    }),
  );
}

/** Whether a verifier said no to what was answered first. */
async function wasHeld({ artefacts, attempts }: Store, { runKey, predicted }: Lesson): Promise<boolean> {
  const [first] = await attempts.judgementsOn(runKey, artefacts.digest(canonicalJson(predicted)));
  return first !== undefined && first.verdict.verdict !== 'pass';
}

/** Right is what the case that grew from it would let pass: a person may have polished what nothing was wrong with. */
function answerOf({ input, output, predicted, text }: Lesson, kept: KeptCase): PastAnswer {
  const { id, cluster, expect, never } = kept;
  const says = expect !== undefined || never !== undefined;
  const right = says ? meets(predicted, kept).meets : output !== undefined;
  return {
    caseId: id,
    input,
    output: predicted,
    right,
    ...(right || output === undefined ? {} : { corrected: output }),
    ...(right || text === '' ? {} : { note: text }),
    ...(cluster === undefined ? {} : { cluster }),
  };
}

/** The failure clusters of answers, the most frequent first. */
export function clustersIn(answers: readonly PastAnswer[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { right, cluster } of answers)
    if (!right && cluster !== undefined) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([cluster]) => cluster);
}

/** The routes that a harness of a loop may name: none whose model judges the loop, nor the one that proposes. */
export function routeFacts(deps: Dependencies, loop: Loop): Ground['routes'] {
  const { routes, prices, now } = deps;
  return [...routes].flatMap(([name, route]): RouteFact[] => {
    if (route.kind === 'local') return [{ name, kind: 'local' }];
    const judges = Object.values(loop.stages).some((stage) => judgedBy(deps, stage, route.endpoint));
    if (name === PROPOSER || judges) return [];
    const found = priceOf(prices, route.endpoint.model, now());
    if (found.kind !== 'price') return [];
    const { inputUsdPerMillion, outputUsdPerMillion } = found.price;
    return [{ name, kind: 'model', usdPerMillion: inputUsdPerMillion + outputUsdPerMillion }];
  });
}
