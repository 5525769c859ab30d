import { z } from 'zod';
import type { DefinitionMistake } from './invalid-loop.ts';

/** `input` arrives as JSON, `output` is asked of a model, `made` is what a function made: any JSON. */
type Use = 'input' | 'output' | 'made';

/** Mistakes in a schema of a definition: it is none, has no object at its root, or cannot be told to a model. */
export function* schemaMistakes(field: string, schema: unknown, use: Use): Generator<DefinitionMistake, void> {
  if (!isSchema(schema)) {
    yield { field, ...noSchema(field, schema) };
    return;
  }
  const made = jsonSchema(schema, use);
  if ('why' in made) {
    yield {
      field,
      rule: `the schema cannot be written as JSON Schema: ${made.why}`,
      fix: 'Use what JSON has: texts, numbers, booleans, lists, objects, null, and for dates `z.iso.datetime()`; leave out transforms.',
    };
  } else if (use !== 'made' && !isObject(made.schema)) {
    yield {
      field,
      rule: `expected an object at the root, got ${typeof made.schema.type === 'string' ? made.schema.type : 'another type'}`,
      fix: `Write \`${field.slice(field.lastIndexOf('.') + 1)}: z.object({ … })\`: one JSON object.`,
    };
  }
}

/** Whether a value is a schema of zod 4, of whichever copy. */
function isSchema(value: unknown): value is z.ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

function noSchema(field: string, value: unknown): { rule: string; fix: string } {
  const name = field.slice(field.lastIndexOf('.') + 1);
  if (value === undefined) return { rule: 'is missing', fix: `Add \`${name}: z.object({ … })\`.` };
  if (typeof value === 'object' && value !== null && '_def' in value)
    return { rule: 'expected a schema of zod 4, got one of an older zod', fix: 'Update zod to version 4.' };
  return {
    rule: 'expected a zod schema, got something else',
    fix: `Write \`${name}: z.object({ … })\`, with \`import { z } from 'zod'\`.`,
  };
}

interface JsonSchema {
  readonly type?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
}

function jsonSchema(schema: z.ZodType, use: Use): { schema: JsonSchema } | { why: string } {
  try {
    const options = use === 'input' ? { io: 'input', unrepresentable: 'any' } : {};
    return { schema: z.toJSONSchema(schema, options as Parameters<typeof z.toJSONSchema>[1]) as JsonSchema };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

function isObject({ type, anyOf, oneOf, allOf, $ref }: JsonSchema): boolean {
  if (type !== undefined) return type === 'object';
  if (allOf !== undefined) return allOf.some(isObject);
  // A recursive schema is a reference to itself: nothing but an object can be that.
  return $ref !== undefined || [...(anyOf ?? []), ...(oneOf ?? [])].every(isObject);
}
