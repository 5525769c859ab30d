import type { KeptCase } from '../../contract/case.ts';
import type { Lesson } from '../../contract/lesson.ts';
import { canonicalJson } from '../canonical.ts';
import { isFields, meets } from './expected.ts';

/** What a case asks of an output. */
export type Expectation = Pick<KeptCase, 'expect' | 'never'>;

type Json = NonNullable<KeptCase['expect']>;

/**
 * What a decision says of the right output. `part` is what of an output has to be there again; undefined where nobody can say.
 * What a person replaced or refused never passes again, so that the case tells right from wrong.
 */
export function expectationOf(
  { kind, output, predicted }: Pick<Lesson, 'kind' | 'output' | 'predicted'>,
  part: (output: unknown) => unknown,
): Expectation {
  if (kind === 'rejection') return predicted === undefined ? {} : { never: (part(predicted) ?? predicted) as Json };
  if (kind !== 'example') return {};
  const wanted = part(output);
  const expect = wanted === undefined ? {} : { expect: wanted as Json };
  if (predicted === undefined || !meets(predicted, expect).meets) return expect;
  const replaced = replacedIn(predicted, output);
  const told = { ...expect, never: replaced as Json };
  return replaced === undefined || !meets(output, told).meets ? expect : told;
}

/** What of an output a person replaced by something else; undefined where they only added, or left it. */
function replacedIn(predicted: unknown, output: unknown): unknown {
  if (canonicalJson(predicted) === canonicalJson(output)) return undefined;
  if (!isFields(predicted) || !isFields(output)) return predicted;
  const fields = Object.entries(predicted).filter(
    ([name, value]) => canonicalJson(value) !== canonicalJson(output[name]),
  );
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
