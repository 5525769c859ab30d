import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdsWherever } from '../../core/alternatives.ts';
import { parseRule } from '../../core/rule.ts';

const LEAF = fc.oneof(
  fc
    .record({
      field: fc.constantFrom('a', 'b'),
      operator: fc.constantFrom('<', '<=', '>', '>=', '=='),
      value: fc.constantFrom('0', '1', '0.5', '0.9'),
    })
    .map(({ field, operator, value }) => `output.${field} ${operator} ${value}`),
  fc.constantFrom('true', 'false', 'output.missing', 'output.a == 1 && output.b == 1'),
);
const RULE = fc.array(LEAF, { minLength: 1, maxLength: 3 }).map((leaves) => leaves.join(' || '));
const OUTPUT = fc.record({ a: fc.constantFrom(0, 0.5, 0.7, 0.9, 1), b: fc.constantFrom(0, 0.5, 1, 'x') });

/** A rule that cannot be decided asks a person, as one that holds does. */
const asks = (rule: string, output: unknown): boolean => {
  const decided = parseRule(rule, ['output'])({ output });
  return 'error' in decided || decided.value;
};

test('what is seen to hold wherever another rule did does so for every output', () => {
  let seen = 0;
  fc.assert(
    fc.property(RULE, RULE, OUTPUT, (earlier, rule, output) => {
      if (!holdsWherever(rule, earlier)) return;
      seen += 1;
      expect(!asks(earlier, output) || asks(rule, output)).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(seen).toBeGreaterThan(10);
});

test('a rule holds wherever it did when something is added, and when its threshold only moved the safe way', () => {
  fc.assert(fc.property(RULE, RULE, (rule, added) => holdsWherever(`(${rule}) || (${added})`, rule)));
  expect(holdsWherever('output.confidence < 0.9', 'output.confidence < 0.85')).toBe(true);
  expect(holdsWherever('output.confidence < 0.8', 'output.confidence < 0.85')).toBe(false);
  expect(holdsWherever('output.amount > 50', 'output.amount > 100')).toBe(true);
  expect(holdsWherever('output.other < 0.9', 'output.confidence < 0.85')).toBe(false);
});

test('what only looks as if something was added is not taken for it', () => {
  expect(holdsWherever('(output.a) || (output.b) ? (false) : (false)', 'output.a')).toBe(false);
  expect(holdsWherever('!(output.a || output.b)', 'output.a')).toBe(false);
  expect(holdsWherever('"output.a || " == "x"', 'output.a')).toBe(false);
});
