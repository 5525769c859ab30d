import { readFile } from 'node:fs/promises';
import { EXIT } from '../../contract/exit-codes.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import { ReviewAnswersFile, type ReviewAnswer } from '../../contract/review-answer.ts';
import { answerMistake } from '../../core/review/answers.ts';
import { CommandError } from '../command.ts';
import { readYaml } from '../load/yaml-file.ts';

const LOOKS_LIKE =
  'A file of answers is loop → check → an answer (yes, no, words, or `{ answer, note? }`), such as `{ hello: { trigger.explicit: manual } }`.';

/** Whose answers they are, and what they may be about. */
export interface Answering {
  readonly loops: readonly string[];
  readonly by: string;
  readonly at: number;
}

/**
 * Reads a file of answers, YAML or JSON: loop → check → `{ answer, note? }`, or the answer alone.
 * @throws CommandError (usage) with every mistake in it: file, line, field, rule and fix.
 */
export async function readAnswersFile(file: string, answering: Answering): Promise<readonly ReviewAnswer[]> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`The answers cannot be read: ${error.message}`, EXIT.usage);
  });
  return parseAnswers(text, file, answering);
}

/** Reads the text of a file of answers; `file` is what messages call it. */
function parseAnswers(text: string, file: string, { loops, by, at }: Answering): readonly ReviewAnswer[] {
  const { value, mistakes: broken, mistake } = readYaml(text, file, ReviewAnswersFile);
  if (value === undefined) throw refused(broken, LOOKS_LIKE);
  const answers = Object.entries(value).flatMap(([loop, checks]) =>
    Object.entries(checks).map(([check, { answer, note }]): ReviewAnswer => {
      return { loop, check, answer, ...(note === undefined ? {} : { note }), by, at };
    }),
  );
  const mistakes = answers.flatMap(({ loop, check, answer }) => {
    if (!loops.includes(loop))
      return [mistake([loop], `there is no loop "${loop}"`, `name one of ${loops.join(', ') || 'none'}.`)];
    const rule = answerMistake(check, answer);
    return rule === undefined ? [] : [mistake([loop, check], rule, 'mend the answer, then review again.')];
  });
  if (mistakes.length > 0) throw refused(mistakes);
  return answers;
}

function refused(mistakes: readonly Mistake[], ...more: readonly string[]): CommandError {
  return new CommandError([...mistakes.map(mistakeLine), ...more].join('\n'), EXIT.usage);
}
