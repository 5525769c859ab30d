import { lineIn, loopText } from '../../../support/planted-loops.ts';

/** A mistake in a folder of loops, and what has to be said about it. */
export interface PlantedMistake {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** `folder/file:line`, without line where it is of the whole file. */
  readonly at: string;
  readonly field?: string;
  readonly rule: string;
  readonly fix: string;
}

type Said = Pick<PlantedMistake, 'field' | 'rule' | 'fix'>;

let count = 0;

/** Name of the loop that is planted next. */
export function nextName(): string {
  return `broken${count + 1}`;
}

/** A good loop's `loop.ts` with one part replaced; `near` is a part of the line that has to be named. */
export function inLoop(
  what: string,
  part: string,
  by: string,
  near: string | undefined,
  said: Said,
  more = (text: string) => text,
): PlantedMistake {
  const name = `broken${(count += 1)}`;
  const text = more(replaced(loopText(name), part, by));
  const at = near === undefined ? `${name}/loop.ts` : `${name}/loop.ts:${lineIn(text, near)}`;
  return { what, files: { [`${name}/loop.ts`]: text }, at, ...said };
}

/** A good loop with another file next to it that has the mistake. */
export function beside(
  what: string,
  file: string,
  text: string,
  near: string,
  said: Said,
  loop = loopText,
): PlantedMistake {
  const name = `broken${(count += 1)}`;
  const files = { [`${name}/loop.ts`]: loop(name), [`${name}/${file}`]: text };
  return { what, files, at: `${name}/${file}:${lineIn(text, near)}`, ...said };
}

export function replaced(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`The planted file has no "${part}".`);
  return text.replace(part, () => by);
}

export const CHECK = "check('greets', ({ reply }) => ({";
const JUDGED = (model: string) =>
  `judge('kind', { polite: 'Is it polite?' }, { model: '${model}' }),\n        ${CHECK}`;
export const IMPORT = 'import { check, defineLoop, model }';
const withJudge = (text: string) => replaced(text, IMPORT, 'import { check, defineLoop, judge, model }');

/** A good loop with a judge on a route. */
export function judged(what: string, model: string, said: Said): PlantedMistake {
  const name = `broken${(count += 1)}`;
  const text = withJudge(replaced(loopText(name), CHECK, JUDGED(model)));
  const harness = 'routing:\n  - model: strong\n';
  const files = { [`${name}/loop.ts`]: text, [`${name}/harness.yaml`]: harness };
  return { what, files, at: `${name}/loop.ts:${lineIn(text, "judge('kind'")}`, ...said };
}
