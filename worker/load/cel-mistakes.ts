import type { Mistake } from '../../contract/mistake.ts';
import { nearest } from '../../core/nearest.ts';
import { InvalidRule, parseExpression } from '../../core/rule.ts';
import type { MistakeAt } from './schema-mistakes.ts';

/** What is wrong with a CEL expression in a file; `gives` says what it should give. */
export function* celMistakes(
  text: string,
  variables: readonly string[],
  path: readonly PropertyKey[],
  { mistake }: { readonly mistake: MistakeAt },
  gives = ' that is true or false',
): Generator<Mistake, void> {
  try {
    parseExpression(text, variables);
  } catch (error) {
    if (!(error instanceof InvalidRule)) throw error;
    const near = error.unknown === undefined ? undefined : nearest(error.unknown, variables);
    const fix =
      near === undefined
        ? `Write a CEL expression over ${variables.join(', ')}${gives}.`
        : `Did you mean \`${near}\`? Known are ${variables.join(', ')}.`;
    yield mistake(path, `rule \`${text}\`: ${error.reason}`, fix);
  }
}
