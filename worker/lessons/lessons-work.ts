import { EXIT } from '../../contract/exit-codes.ts';
import type { KeptLesson, LessonExpiry, LessonListQuery, LessonVerdict } from '../../contract/kept-lesson.ts';
import { clusterTable, listedCluster } from '../../core/cluster-table.ts';
import { expiryText, lessonTable, lessonText, listedLesson } from '../../core/lesson-table.ts';
import { GatewayError } from '../../gateway/gateway-client.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { Common } from '../commands/lessons.ts';
import { withTheRecord } from '../record/record-access.ts';

/** Lists lessons. */
export async function listLessons(
  { env, print, report }: CommandContext,
  { json, data }: Common,
  query: LessonListQuery,
): Promise<void> {
  const found = await withTheRecord({ data, env }, (record) => record.lessons(query));
  if (json) print(JSON.stringify(found.map(listedLesson)));
  else if (found.length > 0) print(lessonTable(found));
  else report(`Loop ${query.loop} has no ${isNarrowed(query) ? 'such lesson' : 'lessons yet'}.`);
}

function isNarrowed({ kind, state, cluster, before }: LessonListQuery): boolean {
  return [kind, state, cluster, before].some((one) => one !== undefined);
}

/** Shows one lesson. */
export async function showLesson(
  { env, print }: CommandContext,
  { json, data }: Common,
  { loop, id }: Pick<KeptLesson, 'loop' | 'id'>,
): Promise<void> {
  const found = await withTheRecord({ data, env }, (record) => record.lesson(loop, id)).catch(refused);
  print(json ? JSON.stringify(listedLesson(found)) : lessonText(found));
}

/** Lists in which ways runs went wrong. */
export async function listClusters(
  { env, print, report }: CommandContext,
  { json, data }: Common,
  loop: string,
): Promise<void> {
  const found = await withTheRecord({ data, env }, (record) => record.clusters(loop));
  if (json) print(JSON.stringify(found.map(listedCluster)));
  else if (found.length > 0) print(clusterTable(found));
  else report(`Nothing went wrong with ${loop} lately, as far as a worker has looked.`);
}

/** Reviews or retires lessons, one after the other. */
export async function judgeLessons(
  { env, print }: CommandContext,
  { json, data, as }: Common & { readonly as?: string },
  verdicts: readonly LessonVerdict[],
): Promise<void> {
  const judged = await withTheRecord({ data, env, as }, async (record) => {
    const done: KeptLesson[] = [];
    for (const verdict of verdicts) done.push(await record.judgeLesson(verdict));
    return done;
  }).catch(refused);
  print(json ? JSON.stringify(judged.map(listedLesson)) : lessonTable(judged));
}

/** Says, or changes, when examples are retired by themselves. */
export async function expireLessons(
  { env, print }: CommandContext,
  { json, data }: Common,
  { loop, ...change }: LessonExpiryChange,
): Promise<void> {
  const rule = await withTheRecord({ data, env }, async (record) => {
    const before = await record.lessonExpiry(loop);
    if (change.afterMs === undefined && change.unusedFor === undefined) return before;
    const { afterMs = before.afterMs, unusedFor = before.unusedFor } = change;
    return await record.expireLessons({
      loop,
      ...(typeof afterMs === 'number' ? { afterMs } : {}),
      ...(typeof unusedFor === 'number' ? { unusedFor } : {}),
    });
  });
  print(json ? JSON.stringify(rule) : expiryText(rule));
}

/** What of the rule changes; what is absent stays. */
export interface LessonExpiryChange extends Pick<LessonExpiry, 'loop'> {
  readonly afterMs?: number | 'never';
  readonly unusedFor?: number | 'never';
}

function refused(error: Error): never {
  if (error instanceof GatewayError && error.type === 'NotFound') throw new CommandError(error.message, EXIT.notFound);
  throw error;
}
