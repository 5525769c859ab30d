import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { JsonSchema } from '../../../core/json-schema.ts';
import { schemaFacts } from '../../../core/review/schema.ts';

const factsOf = (schema: z.ZodType) =>
  schemaFacts(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonSchema);

test('a record with typed, bounded fields', () => {
  const schema = z.object({ id: z.uuid(), kind: z.enum(['a', 'b']), at: z.iso.datetime(), text: z.string().max(9) });
  expect(factsOf(schema)).toEqual({ record: true, structured: true, untyped: [], unbounded: [] });
});

test.each([
  ['a text', z.string()],
  ['a list', z.array(z.object({ a: z.number() }))],
  ['a map', z.record(z.string(), z.number())],
  ['anything', z.unknown()],
  ['any JSON', z.json()],
  ['a record or a text', z.union([z.object({ a: z.number() }), z.string()])],
])('%s is no record', (_title, schema) => {
  expect(factsOf(schema).record).toBe(false);
});

test.each([
  [
    'alternatives that are records',
    z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
  ],
  ['an intersection', z.intersection(z.object({ a: z.number() }), z.object({ b: z.number() }))],
])('%s are a record', (_title, schema) => {
  expect(factsOf(schema)).toMatchObject({ record: true, structured: true });
});

test('where anything fits is named by its path', () => {
  const schema = z.object({ data: z.any(), deep: z.object({ list: z.array(z.unknown()) }), json: z.json() });
  expect(factsOf(schema).untyped).toEqual(['data', 'deep.list[]', 'json']);
  expect(factsOf(z.looseObject({ a: z.number() })).untyped).toEqual(['*']);
  expect(factsOf(z.object({})).untyped).toEqual(['']);
});

describe('what may be of any length', () => {
  test('is named by its path', () => {
    const schema = z.object({
      text: z.string(),
      mail: z.email(),
      list: z.array(z.object({ note: z.string() })),
      map: z.record(z.string(), z.number()),
      maybe: z.string().optional(),
    });
    expect(factsOf(schema).unbounded).toEqual(['text', 'mail', 'list[].note', 'list[]', 'map.*', 'maybe']);
  });

  test.each([/^[\w-]{1,100}$/, /^v\d{1,3}\.\d$/, /^\*?$/])('is not a text of pattern %s', (pattern) => {
    expect(factsOf(z.object({ id: z.string().regex(pattern) })).unbounded).toEqual([]);
  });

  test.each([/^[\w-]+$/, /\w{1,9}/, /^\d{2,}$/, /^a$|b/])('is a text of pattern %s', (pattern) => {
    expect(factsOf(z.object({ id: z.string().regex(pattern) })).unbounded).toEqual(['id']);
  });

  test('is not a list with a maximum, nor a tuple', () => {
    const schema = z.object({ list: z.array(z.number()).max(3), pair: z.tuple([z.number(), z.number()]) });
    expect(factsOf(schema).unbounded).toEqual([]);
  });
});

test('free text alone is no structure; a number in a list is', () => {
  expect(factsOf(z.object({ text: z.string() })).structured).toBe(false);
  expect(factsOf(z.object({ rows: z.array(z.object({ text: z.string() })) })).structured).toBe(true);
  expect(factsOf(z.object({ counts: z.array(z.int()) })).structured).toBe(true);
});

test('a schema that holds itself is read once', () => {
  const Node = z.object({
    name: z.string().max(9),
    get children() {
      return z.array(Node).max(3);
    },
  });
  expect(factsOf(Node)).toEqual({ record: true, structured: false, untyped: [], unbounded: [] });
});
