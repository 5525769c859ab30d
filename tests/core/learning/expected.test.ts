import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeptCase } from '../../../contract/case.ts';
import { expectationOf } from '../../../core/learning/expectation.ts';
import { meets } from '../../../core/learning/expected.ts';

type Json = NonNullable<KeptCase['expect']>;

test.each<{ output: unknown; expect?: Json; never?: Json; because: string }>([
  { output: { intent: 'fee' }, expect: { intent: 'card' }, because: 'expected output.intent to be "card", got "fee"' },
  { output: { a: { b: 1 } }, expect: { a: { b: 1.0000001 } }, because: 'expected output.a.b to be 1.0000001, got 1' },
  { output: { a: [1, 2] }, expect: { a: [1] }, because: 'expected output.a to be [1], got [1,2]' },
  { output: 'text', expect: { a: 1 }, because: 'expected output to be an object, got "text"' },
  { output: {}, expect: { toString: 1 }, because: 'expected output.toString to be 1, got nothing' },
  { output: { a: 1, b: 2 }, never: { a: 1 }, because: 'it has all of what a person refused: {"a":1}' },
])('an output is not what is asked for: $because', ({ output, because, ...asked }) => {
  expect(meets(output, asked)).toEqual({ meets: false, because });
});

test('an output has what is expected where it has each field of it, whatever else it has', () => {
  expect(meets({ a: { b: 1, c: 2 }, d: 3 }, { expect: { a: { b: 1 } }, never: { d: 4 } }).meets).toBe(true);
});

test('a case that asks for nothing leaves it to the verifiers', () => {
  expect(meets('anything', {})).toEqual({ meets: true, because: 'nothing but its verifiers says what is right' });
});

test('a case that grew from a decision lets the right output through, and not what was replaced or refused', () => {
  const outputs = fc.record(
    {
      label: fc.constantFrom('a', 'b'),
      sure: fc.constantFrom(0.1, 0.9),
      deep: fc.dictionary(fc.constantFrom('x', 'y'), fc.integer({ min: 0, max: 1 })),
    },
    { requiredKeys: ['label', 'sure'] },
  );
  const parts = fc.constantFrom<(output: unknown) => unknown>(
    (output) => ({ label: (output as { label: string }).label }),
    () => undefined,
  );
  fc.assert(
    fc.property(outputs, outputs, parts, (output, predicted, part) => {
      const example = expectationOf({ kind: 'example', output, predicted }, part);
      expect(meets(output, example).meets).toBe(true);
      // Where a person changed what there was, and did not only add to it.
      const changed = Object.entries(predicted).some(
        ([name, value]) => name !== 'deep' && (output as Record<string, unknown>)[name] !== value,
      );
      if (changed) expect(meets(predicted, example).meets).toBe(false);
      expect(meets(predicted, expectationOf({ kind: 'rejection', predicted }, part)).meets).toBe(false);
    }),
  );
});
