import { Command } from 'commander';
import type { LoopEntry } from '../../activities/dependencies.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import type { ReviewAnswer } from '../../contract/review-answer.ts';
import { nearest } from '../../core/nearest.ts';
import type { Review } from '../../core/review/result.ts';
import type { ReviewWithEvidence } from '../review/reviewed.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { dataOption, LOOPS_OPTION, paints, who } from './options.ts';

interface Options {
  readonly loops?: string;
  readonly answers?: string;
  readonly by?: string;
  readonly input: boolean;
  readonly json: boolean;
  readonly data: string;
}

/** `loopwright review`: what is weak about a loop before it runs, and what its runs show. */
export function reviewCommand(context: CommandContext): Command {
  return new Command('review')
    .description(
      "say what is weak about a loop: six parts, twelve checks, the article's five mistakes, and what its runs show",
    )
    .argument('[loop]', 'one loop; all of them by default')
    .option(...LOOPS_OPTION)
    .option('--answers <file>', 'YAML or JSON with what cannot be measured: loop → check → { answer, note? }')
    .option('--by <who>', 'who answers (default: git user.email, else $USER)', who)
    .option('--no-input', 'ask nobody on the terminal')
    .option('--json', 'print one JSON object: { ok, reviews, mistakes }, and ask nobody', false)
    .option(...dataOption(context))
    .action((loop: string | undefined, options: Options) => run(context, loop, options));
}

async function run(context: CommandContext, only: string | undefined, options: Options): Promise<void> {
  const { env, print, report } = context;
  const [{ loadReviewed, reviewLoops }, { chosenLoops }] = await Promise.all([
    import('../review/reviews.ts'),
    import('../no-loop.ts'),
  ]);
  const folder = await chosenLoops(options.loops, context);
  const { loops, mistakes } = await loadReviewed(context, {
    data: options.data,
    ...(folder === undefined ? {} : { loops: folder }),
  });
  for (const mistake of mistakes) report(mistakeLine(mistake));
  const entries = chosen(loops, mistakes, only);
  const by = options.by ?? (await (await import('../review/who.ts')).whoAmI(env));
  const stamp = (): Pick<ReviewAnswer, 'by' | 'at'> => {
    if (by !== undefined) return { by, at: Date.now() };
    throw new CommandError('Nobody says who answers: give --by WHO, or set git user.email.', EXIT.usage);
  };
  const place = { data: options.data, env };
  const [{ recordAnswers, recordedAnswers }, { recordedEvidence }] = await Promise.all([
    import('../record/answer-record.ts'),
    import('../record/loop-evidence.ts'),
  ]);
  if (options.answers !== undefined) {
    const { readAnswersFile } = await import('../review/answers-file.ts');
    const given = await readAnswersFile(options.answers, { loops: [...loops.keys()], ...stamp() });
    await recordAnswers(place, given);
  }
  const review = async (): Promise<readonly ReviewWithEvidence[]> => {
    const reviews = await reviewLoops(context, entries, await recordedAnswers(place), Date.now());
    const shown = await recordedEvidence(
      place,
      reviews.map(({ loop }) => loop),
    );
    return reviews.map((one) => {
      const evidence = shown.get(one.loop);
      return evidence === undefined ? one : { ...one, evidence };
    });
  };
  let reviews = await review();
  if (!options.json && options.input && process.stdin.isTTY && process.stderr.isTTY) {
    const { askPerson } = await import('../review/ask.ts');
    const given = await askPerson(reviews, { input: process.stdin, output: process.stderr }, stamp);
    await recordAnswers(place, given);
    if (given.length > 0) reviews = await review();
  }
  if (options.json) print(JSON.stringify(jsonOf(reviews, mistakes)));
  else await show(reviews, print, paints(env, process.stdout));
  refuse(reviews, mistakes);
}

function chosen(
  loops: ReadonlyMap<string, LoopEntry>,
  mistakes: readonly Mistake[],
  only: string | undefined,
): readonly LoopEntry[] {
  if (only === undefined) return [...loops.values()];
  const entry = loops.get(only);
  if (entry !== undefined) return [entry];
  const more = mistakes.length === 0 ? '' : ' Others could not be loaded: see above.';
  const meant = nearest(only, [...loops.keys()]);
  const maybe = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  throw new CommandError(
    `There is no loop "${only}".${maybe} There is: ${[...loops.keys()].join(', ') || 'none'}.${more}`,
    EXIT.notFound,
  );
}

/** `ok` is whether all of them may start. */
function jsonOf(reviews: readonly ReviewWithEvidence[], mistakes: readonly Mistake[]): object {
  return { ok: mistakes.length === 0 && refused(reviews).length === 0, reviews, mistakes };
}

async function show(
  reviews: readonly ReviewWithEvidence[],
  print: CommandContext['print'],
  colours: boolean,
): Promise<void> {
  const [{ reviewText }, { evidenceText }] = await Promise.all([
    import('../review/review-text.ts'),
    import('../review/evidence-text.ts'),
  ]);
  for (const { evidence, ...review } of reviews) {
    print(reviewText(review, colours));
    if (evidence !== undefined) print(evidenceText(evidence, colours));
  }
}

function refused(reviews: readonly Review[]): readonly string[] {
  return reviews.filter(({ findings }) => findings.some(({ refuses }) => refuses)).map(({ loop }) => loop);
}

/** What may not start ends the command with 7, what could not be loaded with 1. */
function refuse(reviews: readonly Review[], mistakes: readonly Mistake[]): void {
  const names = refused(reviews);
  if (names.length > 0) {
    throw new CommandError(
      `${names.join(', ')} may not start: NoIndependentCheck. Mend who verifies first.`,
      EXIT.refusedByVerifier,
    );
  }
  if (mistakes.length > 0) throw new CommandError('Some loops could not be loaded: see above.');
}
