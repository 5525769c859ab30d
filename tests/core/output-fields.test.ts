import { expect, test } from 'vitest';
import { z } from 'zod';
import { mayHave, outputFields } from '../../core/output-fields.ts';
import type { JsonSchema } from '../../core/json-schema.ts';

function fields(schema: z.ZodType) {
  return outputFields(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }) as unknown as JsonSchema);
}

const Reply = z.object({ reply: z.string(), tone: z.object({ warm: z.boolean() }).optional() });

test.each<[string, z.ZodType, readonly string[]]>([
  ['an object', Reply, ['reply', 'tone']],
  ['alternatives', z.union([Reply, z.object({ refusal: z.string() })]), ['reply', 'tone', 'refusal']],
  ['what is put together', Reply.and(z.object({ sure: z.number() })), ['reply', 'tone', 'sure']],
  ['what may be null', Reply.nullable(), ['reply', 'tone']],
  ['a text', z.string(), []],
  ['a closed set', z.enum(['a', 'b']), []],
])('%s has the fields that it says and no others', (_what, schema, names) => {
  expect(fields(schema)).toEqual({ names, open: false });
});

test.each<[string, z.ZodType]>([
  ['a loose object', z.looseObject({ a: z.string() })],
  ['a map', z.record(z.string(), z.number())],
  ['anything', z.any()],
  ['what a function makes', z.string().transform((text) => ({ text }))],
  ['an alternative that takes anything', z.union([Reply, z.looseObject({})])],
])('%s may have any field', (_what, schema) => {
  expect(mayHave(fields(schema), 'surprise')).toBe(true);
});

test('a schema that holds itself has an end', () => {
  interface Tree {
    readonly name: string;
    readonly below?: Tree | undefined;
  }
  const Tree: z.ZodType<Tree> = z.object({
    name: z.string(),
    get below() {
      return Tree.optional();
    },
  });
  expect(fields(Tree)).toEqual({ names: ['name', 'below'], open: false });
});
