import { expect, test } from 'vitest';
import { z } from 'zod';
import { question, workbench } from './workbench.ts';

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema) as Record<string, unknown>;

test('an answer comes back as text, with what it used', async () => {
  const { endpoint, model } = await workbench({
    script: [{ json: { title: 'Owls' }, usage: { input: 12, output: 3 } }],
  });
  expect(await endpoint.complete(question())).toEqual({
    text: '{"title":"Owls"}',
    usage: { inputTokens: 12, outputTokens: 3, cachedTokens: 0 },
  });
  expect(model.seen[0]).toMatchObject({ model: 'fake-1', instructions: 'Write a title.', input: 'owls' });
});

test('an answer that does not say what it used has no usage, rather than one of nothing', async () => {
  const { endpoint } = await workbench({ script: [{ json: { title: 'Owls' }, usage: null }] });
  expect((await endpoint.complete(question())).usage).toBeUndefined();
});

// The fake refuses a strict schema that the API would refuse, so an answer proves that the flag was right.
test.each([
  ['flat', z.object({ title: z.string() }), true],
  ['nested', z.object({ a: z.object({ b: z.array(z.object({ c: z.number() })) }) }), true],
  ['with an optional field', z.object({ title: z.string(), note: z.string().optional() }), false],
  ['with an optional field deep inside', z.object({ all: z.array(z.object({ note: z.string().optional() })) }), false],
  ['with a record of free keys', z.object({ byName: z.record(z.string(), z.number()) }), false],
  ['with free fields', z.looseObject({ title: z.string() }), false],
  ['of a union with an open member', z.object({ a: z.union([z.string(), z.looseObject({})]) }), false],
])('a schema %s is sent as the API allows it (strict: %s)', async (_name, schema, strict) => {
  const { endpoint, model } = await workbench({ script: [{ json: {} }] });
  await endpoint.complete(question({ schema: schemaOf(schema) }));
  expect(model.seen[0]).toMatchObject({ strict });
});
