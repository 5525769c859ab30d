import { createInterface } from 'node:readline/promises';
import type { ReviewAnswer } from '../../contract/review-answer.ts';
import { answerMistake } from '../../core/review/answers.ts';
import type { ReviewWithEvidence } from './reviewed.ts';

/** A terminal to ask on. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks a person what reviews cannot measure; an empty answer leaves a question open, the end of input leaves the rest. */
export async function askPerson(
  reviews: readonly ReviewWithEvidence[],
  { input, output }: Terminal,
  stamp: () => Pick<ReviewAnswer, 'by' | 'at'>,
): Promise<readonly ReviewAnswer[]> {
  const line = createInterface({ input, output });
  const over = new AbortController();
  line.once('close', () => over.abort());
  const answers: ReviewAnswer[] = [];
  const ask = async (prompt: string): Promise<string> =>
    (await line.question(prompt, { signal: over.signal }).catch(() => '')).trim();
  for (const { loop, checks, evidence } of reviews) {
    for (const check of [...checks, ...(evidence?.shown ?? [])]) {
      if (check.state !== 'asked' || over.signal.aborted) continue;
      output.write(`\n${loop}, ${check.check}: ${check.because}.\n${check.question}\n`);
      let answer = await ask('Answer (empty: later): ');
      for (let wrong = mistake(check.check, answer); wrong !== undefined; wrong = mistake(check.check, answer)) {
        output.write(`${wrong}.\n`);
        answer = await ask('Answer (empty: later): ');
      }
      if (answer !== '') answers.push({ loop, check: check.check, answer, ...stamp() });
    }
  }
  line.close();
  return answers;
}

function mistake(check: string, answer: string): string | undefined {
  return answer === '' ? undefined : answerMistake(check, answer);
}
