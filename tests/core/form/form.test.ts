import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { FIELD_PREFIX, readAnswer, shownValue } from '../../../core/form/answers.ts';
import { formOf, type Form } from '../../../core/form/fields.ts';
import type { JsonSchema } from '../../../core/json-schema.ts';

const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema) as JsonSchema;

const Triage = z.object({
  intent: z.enum(['card', 'refund']),
  confidence: z.number().min(0).max(1),
  reply: z.string().min(1).max(5000),
  urgent: z.boolean(),
  tags: z.array(z.string()),
  note: z.string().max(80).optional(),
});

const VALUE = { intent: 'card', confidence: 0.5, reply: 'Hello,\nyour card.', urgent: true, tags: ['a', 'b'] };

/** What a browser sends of a form that shows a value: line ends are its own. */
function sent(form: Form, value: unknown): Map<string, string> {
  if (form.kind === 'json') return new Map([['json', JSON.stringify(value, undefined, 2)]]);
  return new Map(
    form.fields.map((field) => [FIELD_PREFIX + field.name, shownValue(field, value).replaceAll('\n', '\r\n')]),
  );
}

test('flat fields have inputs of their own kind, everything else is JSON', () => {
  expect(formOf(schemaOf(Triage), VALUE)).toMatchObject({
    kind: 'fields',
    fields: [
      { name: 'intent', required: true, input: { kind: 'choice', values: ['card', 'refund'] } },
      { name: 'confidence', input: { kind: 'number', whole: false, minimum: 0, maximum: 1 } },
      { name: 'reply', input: { kind: 'text', maxLength: 5000 } },
      { name: 'urgent', input: { kind: 'switch' } },
      { name: 'tags', input: { kind: 'json' } },
      { name: 'note', required: false, input: { kind: 'line', maxLength: 80 } },
    ],
  });
});

test('what is no flat record, or has fields that its schema does not name, is one text of JSON', () => {
  expect(formOf(schemaOf(z.array(z.string()))).kind).toBe('json');
  expect(formOf(schemaOf(z.union([Triage, z.object({ no: z.string() })]))).kind).toBe('json');
  expect(formOf(schemaOf(Triage), { ...VALUE, extra: 1 }).kind).toBe('json');
});

test('a changed field keeps its type', () => {
  const form = formOf(schemaOf(Triage), VALUE);
  const given = sent(form, VALUE)
    .set('field.confidence', '1')
    .set('field.intent', '"refund"')
    .set('field.tags', '["c"]')
    .set('field.urgent', 'false');
  expect(readAnswer(form, given, VALUE)).toEqual({
    kind: 'value',
    value: { ...VALUE, confidence: 1, intent: 'refund', tags: ['c'], urgent: false },
  });
});

test('what cannot be read is named, field by field', () => {
  const form = formOf(schemaOf(Triage), VALUE);
  const given = sent(form, VALUE).set('field.confidence', 'much').set('field.tags', '[');
  expect(readAnswer(form, given, VALUE)).toMatchObject({
    kind: 'unreadable',
    mistakes: [{ field: 'confidence' }, { field: 'tags' }],
  });
});

test('a form that is sent back as it was is the same value, whatever the value', () => {
  const schema = z.object({
    text: z.string(),
    short: z.string().max(50),
    number: z.number(),
    whole: z.int(),
    on: z.boolean(),
    list: z.array(z.json()),
    choice: z.enum(['x', 'y']),
    maybe: z.string().nullable(),
  });
  const values = fc.record({
    text: fc.string({ unit: 'binary' }),
    short: fc.string({ maxLength: 50 }),
    number: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Object.is(one, -0)),
    whole: fc.maxSafeInteger(),
    on: fc.boolean(),
    list: fc.array(fc.jsonValue({ noUnicodeString: true })),
    choice: fc.constantFrom('x', 'y'),
    maybe: fc.option(fc.string()),
  });
  fc.assert(
    fc.property(values, (value) => {
      for (const form of [formOf(schemaOf(schema), value), { kind: 'json' } as const])
        expect(readAnswer(form, sent(form, value), value)).toEqual({ kind: 'value', value });
    }),
  );
});
