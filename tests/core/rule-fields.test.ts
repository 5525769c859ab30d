import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldsRead } from '../../core/rule-fields.ts';

test('fields of the one variable are found wherever they stand', () => {
  expect(fieldsRead('input.amount > 100 || input.tags.exists(t, t == output.intent)', 'input')).toEqual([
    'amount',
    'tags',
  ]);
  expect(fieldsRead('input.amount > 100 || input.tags.exists(t, t == output.intent)', 'output')).toEqual(['intent']);
  expect(fieldsRead('attempt > 1', 'input')).toEqual([]);
  expect(fieldsRead('input.customer.name == "eve"', 'input')).toEqual(['customer']);
});

test('what a rule asks for with `has` may be missing, and a name that a macro binds is another', () => {
  expect(fieldsRead('has(output.refund) && output.refund > 100', 'output')).toEqual([]);
  expect(fieldsRead('output.items.exists(input, input.price > 1)', 'input')).toEqual([]);
  expect(fieldsRead('input.items.exists(input, input.price > 1)', 'input')).toEqual(['items']);
});

test('property: each field that is compared is read, whatever is said beside it', () => {
  const field = fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `f_${name}`);
  fc.assert(
    fc.property(fc.uniqueArray(field, { minLength: 1, maxLength: 5 }), fc.constantFrom('&&', '||'), (names, joined) => {
      const rule = names.map((name) => `input.${name} == output.x`).join(` ${joined} `);
      expect(fieldsRead(rule, 'input').toSorted()).toEqual(names.toSorted());
    }),
  );
});
