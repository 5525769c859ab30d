import { Command, InvalidArgumentError, Option } from 'commander';
import ms, { type StringValue } from 'ms';
import {
  LESSON_KINDS,
  LESSON_STATES,
  LOOKED_AT,
  MOST_LESSONS,
  type LessonListQuery,
  type LessonVerdict,
} from '../../contract/kept-lesson.ts';
import type { CommandContext } from '../command.ts';
import { dataOption, positive, upTo, who } from './options.ts';

/** What all of them may be told. */
export interface Common {
  readonly json: boolean;
  readonly data: string;
}

interface Judging extends Common {
  readonly because?: string;
  readonly as?: string;
}

interface Expiring extends Common {
  readonly after?: number | 'never';
  readonly unusedFor?: number | 'never';
}

const HELP = `
What people decided is an example, and active by itself: later runs are shown it. What went wrong (rejections, corrections,
runs that got nowhere) is told in words that came from outside: it needs review before a proposal may use them as an
instruction. A retired lesson is shown to no run that is opened from then on; runs that are open go on with what they knew.

  loopwright lessons clusters supportTriage
  loopwright lessons list supportTriage --state needsReview
  loopwright lessons retire supportTriage 4711 --because "the fee was abolished"
  loopwright lessons expire supportTriage --after "180 days"

Exits 3 where there is no such lesson.`;

/** `loopwright lessons`: what loops have learnt. */
export function lessonsCommand(context: CommandContext): Command {
  const lessons = new Command('lessons')
    .description('what loops have learnt: list, show, clusters, review, retire, expire')
    .addHelpText('after', HELP);
  const inner = (name: string, words: string): Command =>
    lessons
      .command(name)
      .description(words)
      .argument('<loop>', 'the loop')
      .option(...dataOption(context));
  inner('list', 'list lessons, newest first')
    .addOption(new Option('--kind <kind>', 'only lessons of this kind').choices(LESSON_KINDS))
    .addOption(new Option('--state <state>', 'only lessons that stand so').choices(LESSON_STATES))
    .option('--cluster <cluster>', 'only of this failure cluster')
    .option('--before <id>', 'the page after this lesson', positive)
    .option('--limit <n>', `how many, at most ${MOST_LESSONS}`, upTo(MOST_LESSONS), 50)
    .option('--json', 'print one JSON array of objects', false)
    .action(async (loop: string, { json, data, ...query }: Common & Omit<LessonListQuery, 'loop'>) =>
      (await work()).listLessons(context, { json, data }, { ...query, loop }),
    );
  inner('show', 'show all about a lesson')
    .argument('<id>', 'its number', lessonId)
    .option('--json', 'print one JSON object', false)
    .action(async (loop: string, id: number, options: Common) =>
      (await work()).showLesson(context, options, { loop, id }),
    );
  inner('clusters', 'list in which ways runs went wrong in the last 30 days, the most frequent first')
    .option('--json', 'print one JSON array of objects', false)
    .action(async (loop: string, options: Common) => (await work()).listClusters(context, options, loop));
  const judging = (verdict: LessonVerdict['verdict'], words: string): Command =>
    inner(verdict, words)
      .argument('<id...>', 'their numbers')
      .option('--because <words>', 'why')
      .option('--as <name>', 'who you are, without LOOPWRIGHT_TOKEN', who)
      .option('--json', 'print one JSON array of objects', false)
      .action(async (loop: string, ids: readonly string[], { because, ...options }: Judging) => {
        const why = because === undefined ? {} : { because };
        const verdicts = ids.map((id) => ({ loop, id: lessonId(id), verdict, ...why }));
        await (await work()).judgeLessons(context, options, verdicts);
      });
  judging('review', 'say that you have read lessons, and that their words may be used; a retired one is active again');
  judging('retire', 'let no later run know these lessons');
  inner('expire', 'say when examples are retired by themselves; without options, show it')
    .option('--after <time>', 'when they are older: "180 days", or never', ageMs)
    .option(
      '--unused-for <n>',
      `when none of so many of the newest contexts showed them, at most ${LOOKED_AT}; or never`,
      unused,
    )
    .option('--json', 'print one JSON object', false)
    .action(async (loop: string, { after, unusedFor, ...options }: Expiring) =>
      (await work()).expireLessons(context, options, {
        loop,
        ...(after === undefined ? {} : { afterMs: after }),
        ...(unusedFor === undefined ? {} : { unusedFor }),
      }),
    );
  return lessons;
}

const work = async () => await import('../lessons/lessons-work.ts');

/** Reads the number of a lesson, with or without `#`. */
const lessonId = (text: string): number => positive(text.replace(/^#/, ''));

function ageMs(text: string): number | 'never' {
  if (text === 'never') return text;
  const value = /^\d/.test(text) && text.length <= 40 ? ms(text as StringValue) : Number.NaN;
  if (!Number.isFinite(value) || value < 1)
    throw new InvalidArgumentError('expected a time such as "180 days", or never');
  return Math.round(value);
}

const unused = (text: string): number | 'never' => (text === 'never' ? text : upTo(LOOKED_AT)(text));
