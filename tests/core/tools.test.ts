import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tool, ToolArgs } from '../../contract/tool.ts';
import { areAsStrict, argsMistake } from '../../core/tools.ts';

const VALUE = fc.oneof(fc.constantFrom('a', 'b', 'long text'), fc.integer({ min: 0, max: 5 }), fc.boolean());
const FIELD = fc.record(
  {
    type: fc.constantFrom('string', 'number', 'integer', 'boolean'),
    enum: fc.uniqueArray(VALUE, { minLength: 1, maxLength: 3 }),
    minimum: fc.integer({ min: 0, max: 5 }),
    maximum: fc.integer({ min: 0, max: 5 }),
    maxLength: fc.integer({ min: 0, max: 5 }),
  },
  { requiredKeys: [] },
);
const ARGS = fc
  .record({
    properties: fc.dictionary(fc.constantFrom('x', 'y'), FIELD),
    required: fc.uniqueArray(fc.constantFrom('x', 'y')),
  })
  .map((args) => ToolArgs.parse(args));
const OUTPUT = fc.dictionary(fc.constantFrom('x', 'y', 'z'), VALUE);
const contract = (args: ToolArgs | undefined, over: Partial<Tool> = {}): Tool =>
  Tool.parse({ name: 'send', ...(args === undefined ? {} : { args }), ...over });

test('a contract that is seen to be as strict as another lets nothing through that the other did not', () => {
  let seen = 0;
  fc.assert(
    fc.property(ARGS, ARGS, OUTPUT, (after, before, output) => {
      if (!areAsStrict([contract(after)], [contract(before)])) return;
      seen += 1;
      expect(argsMistake(after, output) !== undefined || argsMistake(before, output) === undefined).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(seen).toBeGreaterThan(20);
});

test('each of its conditions may only become stricter', () => {
  const strict = contract(undefined, { maxCalls: 5, approve: true });
  for (const wider of [contract(undefined, { maxCalls: 6, approve: true }), contract(undefined, { maxCalls: 5 })])
    expect(areAsStrict([wider], [strict])).toBe(false);
  expect(areAsStrict([], [strict])).toBe(false);
  expect(areAsStrict([contract(undefined)], [contract(undefined, { allow: false })])).toBe(false);
  expect(areAsStrict([strict, contract(undefined, { name: 'other' })], [strict])).toBe(true);
});

test('says which field is wrong, and why', () => {
  const args = ToolArgs.parse({ properties: { amount: { type: 'number', maximum: 50 } }, required: ['amount'] });
  expect(argsMistake(args, { amount: 70 })).toBe('`amount` may be 50 at most, and is 70');
  expect(argsMistake(args, { amount: '7' })).toBe('`amount` has to be of type number, and is "7"');
  expect(argsMistake(args, {})).toBe('`amount` is not there');
  expect(argsMistake(args, { amount: 7 })).toBeUndefined();
});
