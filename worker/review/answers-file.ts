import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { EXIT } from '../../contract/exit-codes.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import { ReviewAnswersFile, type ReviewAnswer } from '../../contract/review-answer.ts';
import { answerMistake } from '../../core/review/answers.ts';
import { CommandError } from '../commands/context.ts';

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
export function parseAnswers(text: string, file: string, { loops, by, at }: Answering): readonly ReviewAnswer[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  const fix = 'write it as YAML or JSON, such as `{ hello: { trigger.explicit: manual } }`.';
  if (broken !== undefined) {
    const line = broken.linePos?.[0].line;
    const [rule = ''] = broken.message.split(' at line ');
    throw refused([{ file, ...(line === undefined ? {} : { line }), rule, fix }]);
  }
  const placed = (path: readonly PropertyKey[], rule: string, mend: string): Mistake => {
    const line = lineOf(document.contents, lines, path);
    const field = path.length === 0 ? {} : { field: path.map(String).join(' → ') };
    return { file, ...(line === undefined ? {} : { line }), ...field, rule, fix: mend };
  };
  const parsed = ReviewAnswersFile.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const rule = 'expected loop → check → an answer: yes, no, words, or `{ answer, note? }`';
    throw refused(parsed.error.issues.map(({ path }) => placed(path, rule, fix)));
  }
  const answers = Object.entries(parsed.data).flatMap(([loop, checks]) =>
    Object.entries(checks).map(([check, { answer, note }]): ReviewAnswer => {
      return { loop, check, answer, ...(note === undefined ? {} : { note }), by, at };
    }),
  );
  const mistakes = answers.flatMap(({ loop, check, answer }) => {
    if (!loops.includes(loop))
      return [placed([loop], `there is no loop "${loop}"`, `name one of ${loops.join(', ') || 'none'}.`)];
    const rule = answerMistake(check, answer);
    return rule === undefined ? [] : [placed([loop, check], rule, 'mend the answer, then review again.')];
  });
  if (mistakes.length > 0) throw refused(mistakes);
  return answers;
}

function refused(mistakes: readonly Mistake[]): CommandError {
  return new CommandError(mistakes.map(mistakeLine).join('\n'), EXIT.usage);
}

/** Line of the deepest key of a path that is there. */
function lineOf(node: unknown, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  const [name, ...rest] = path;
  if (name === undefined || !isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
  if (!isScalar(pair?.key) || pair.key.range == null) return undefined;
  return lineOf(pair.value, lines, rest) ?? lines.linePos(pair.key.range[0]).line;
}
