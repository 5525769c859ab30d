import type { KeptLesson, LessonExpiry, LessonTried } from '../contract/kept-lesson.ts';
import { canonicalJson } from './canonical.ts';
import { columns } from './columns.ts';
import { moment, span } from './figures.ts';
import { worthOf } from './learning/worth.ts';
import { mayInstruct } from './learning/may-instruct.ts';
import { plainLine } from './plain-text.ts';

/** A lesson as `lessons --json` prints it: times in ISO 8601. */
export interface ListedLesson extends Omit<KeptLesson, 'createdAt' | 'changedAt' | 'lastUsedAt' | 'tried'> {
  readonly createdAt: string;
  readonly changedAt?: string;
  readonly lastUsedAt?: string;
  readonly tried?: Omit<LessonTried, 'openedAt'> & { readonly openedAt: string };
}

/** A lesson as programs read it. */
export function listedLesson({ createdAt, changedAt, lastUsedAt, tried, ...rest }: KeptLesson): ListedLesson {
  return {
    ...rest,
    createdAt: new Date(createdAt).toISOString(),
    ...(changedAt === undefined ? {} : { changedAt: new Date(changedAt).toISOString() }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: new Date(lastUsedAt).toISOString() }),
    ...(tried === undefined ? {} : { tried: { ...tried, openedAt: new Date(tried.openedAt).toISOString() } }),
  };
}

const HEADER = ['LESSON', 'KIND', 'STATE', 'LEARNT', 'USES', 'WORTH', 'TRIED', 'CLUSTER', 'TEXT'];

/** Lessons as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function lessonTable(lessons: readonly KeptLesson[]): string {
  return columns([
    HEADER,
    ...lessons.map(({ id, kind, state, createdAt, uses, cluster, text, ...lesson }) => [
      `#${id}`,
      kind,
      state,
      moment(createdAt),
      String(uses),
      worthOf(lesson),
      lesson.tried === undefined ? '' : moment(lesson.tried.openedAt),
      plainLine(cluster ?? '', 50),
      plainLine(text, 80),
    ]),
  ]);
}

/** All about a lesson, for people. */
export function lessonText(lesson: KeptLesson): string {
  const { state, changedBy, changedAt, because, lastUsedAt, uses, helpful, harmful, tried } = lesson;
  const said =
    changedAt === undefined ? '' : `, since ${moment(changedAt)} by ${changedBy ?? 'nobody'}: ${because ?? ''}`;
  const last = lastUsedAt === undefined ? '' : `, last ${moment(lastUsedAt)}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['lesson', `#${lesson.id} of ${lesson.loop}`],
    ['kind', `${lesson.kind}, from ${lesson.source}`],
    ['state', `${state}${said}`],
    [
      'instruction',
      mayInstruct(lesson) ? 'its words may become one: a person has read them' : 'not before a person has read it',
    ],
    ['learnt', `${moment(lesson.createdAt)}${lesson.by === undefined ? '' : ` from ${lesson.by}`}`],
    ['run', lesson.runKey],
    ['cluster', lesson.cluster],
    ['shown', `by ${uses} of the newest contexts${last}`],
    ['worth', `${worthOf(lesson)} (helped ${helpful}, harmed ${harmful} where it was left out for a test)`],
    ['tried', tried && `${moment(tried.openedAt)} on ${tried.harness}: ${tried.because}`],
    ['its runs', tried && `loopwright eval ${lesson.loop} --show ${tried.experiment}`],
    ['text', lesson.text],
    ['input', canonicalJson(lesson.input)],
    ['predicted', lesson.predicted === undefined ? undefined : canonicalJson(lesson.predicted)],
    ['right', lesson.output === undefined ? undefined : canonicalJson(lesson.output)],
  ];
  return columns(rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, plainLine(value, 20_000)]])));
}

/** When examples are retired by themselves, in a sentence. */
export function expiryText({ loop, afterMs, unusedFor }: LessonExpiry): string {
  const old = afterMs === undefined ? [] : [`older than ${span(afterMs)}`];
  const unused = unusedFor === undefined ? [] : [`shown by none of the newest ${unusedFor} contexts`];
  const reasons = [...old, ...unused].join(', or ');
  return reasons === ''
    ? `Examples of ${loop} never expire.`
    : `Examples of ${loop} are retired when they are ${reasons}.`;
}
