import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRule } from '../../core/rule.ts';

const decide = (rule: string, bindings: Record<string, unknown>) => parseRule(rule, Object.keys(bindings))(bindings);

describe('a rule is refused at load', () => {
  test('when it reads an unknown variable, and the known ones are named', () => {
    expect(() => parseRule('confidence < 0.9', ['input', 'output'])).toThrow(
      'Rule `confidence < 0.9` cannot be used: `confidence` is not a variable. Known variables: input, output.',
    );
  });

  test('when a macro reads an unknown variable inside, or iterates over one that has its own name', () => {
    expect(() => parseRule('input.items.exists(x, x > limit)', ['input'])).toThrow('`limit` is not a variable');
    expect(() => parseRule('x.exists(x, x > 1)', ['input'])).toThrow('`x` is not a variable');
    expect(() => parseRule('input.all(x, true) && x', ['input'])).toThrow('`x` is not a variable');
  });

  test('when it does not parse', () => {
    for (const broken of ['', 'input.', 'input ==', '(input', 'input = 1'])
      expect(() => parseRule(broken, ['input'])).toThrow(`Rule \`${broken}\` cannot be used`);
  });
});

describe('a rule decides', () => {
  test('comparisons of fields with numbers of either kind', () => {
    expect(decide('output.confidence < 0.9', { output: { confidence: 0.5 } })).toEqual({ value: true });
    expect(decide('attempt > 1', { attempt: 1 })).toEqual({ value: false });
    expect(decide('attempt == 2', { attempt: 2 })).toEqual({ value: true });
  });

  test('macros that bind their own names, nested too', () => {
    expect(decide('input.items.exists(x, x > 1)', { input: { items: [1, 2] } })).toEqual({ value: true });
    expect(decide('input.all(x, x.parts.exists(y, y == x.first))', { input: [{ first: 1, parts: [1] }] })).toEqual({
      value: true,
    });
    expect(decide('input.map(x, x + "!").filter(y, y != "a!").size() == 1', { input: ['a', 'b'] })).toEqual({
      value: true,
    });
  });

  test('whether a field is there', () => {
    expect(decide('has(output.refund) && output.refund > 100', { output: {} })).toEqual({ value: false });
  });
});

describe('what cannot be decided is an answer and not a throw', () => {
  test('a field that is not there names the rule and the field', () => {
    expect(decide('output.refund > 100', { output: {} })).toEqual({
      error: 'rule `output.refund > 100`: field not found: refund',
    });
  });

  test('a rule that answers no boolean', () => {
    expect(decide('attempt', { attempt: 3 })).toEqual({ error: 'rule `attempt`: expected true or false, got 3' });
  });

  test('any rule over any JSON answers a value or an error', () => {
    const rules = [
      'input.a > 1',
      'input.a.b == input.c',
      'input.exists(x, x > 1)',
      'size(input) > 2',
      'input in ["a"]',
      'input.a.matches("[")',
      'input[0] + input[1] > 1',
      'input && true',
      'string(input) == "1"',
      'timestamp(input) > timestamp(0)',
    ].map((rule) => parseRule(rule, ['input']));
    fc.assert(
      fc.property(fc.constantFrom(...rules), fc.jsonValue(), (rule, input) => {
        const answer = rule({ input });
        expect('error' in answer ? typeof answer.error : typeof answer.value).toMatch(/string|boolean/);
      }),
      { numRuns: 1000 },
    );
  });
});

test('a rule that would keep the process busy is refused: too long, or macros in macros in macros', () => {
  const list = 'input.all(a, input.all(b, a <= b))';
  expect(parseRule(list, ['input'])({ input: [1, 1] })).toEqual({ value: true });
  expect(() => parseRule(`input.all(c, ${list})`, ['input'])).toThrow('3 levels deep, and at most 2 are allowed');
  expect(() => parseRule(`attempt > ${'1 + '.repeat(600)}1`, ['attempt'])).toThrow('has 2411 characters');
});
