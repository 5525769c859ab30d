import type { z } from 'zod';
import { resolved, type JsonSchema } from '../../core/review/schema.ts';

/** How many values to make up of one schema. */
const VARIANTS = 6;

/** Objects deeper than this are left empty: a schema that holds itself has no end. */
const DEEPEST = 6;

/** Values that fit a schema and mean nothing: what a verifier has to be able to refuse. Fewer, or none, where rules of its own refuse them. */
export function madeUp(schema: z.ZodType, json: JsonSchema): readonly unknown[] {
  const made = Array.from({ length: VARIANTS }, (_, variant) => schema.safeParse(valueOf(json, json, variant, 0)));
  return made.flatMap((parsed) => (parsed.success ? [parsed.data] : []));
}

function valueOf(given: JsonSchema, root: JsonSchema, variant: number, depth: number): unknown {
  const schema = resolved(given, root);
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[variant % schema.enum.length];
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    return valueOf(alternatives[variant % alternatives.length] ?? {}, root, variant, depth);
  }
  const type = (typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])).at(0) ?? 'string';
  switch (type) {
    case 'object':
      return depth > DEEPEST ? {} : objectOf(schema, root, variant, depth);
    case 'array':
      return listOf(schema, root, variant, depth);
    case 'integer':
    case 'number':
      return numberOf(schema, variant);
    case 'boolean':
      return variant % 2 === 0;
    case 'null':
      return null;
    default:
      return textOf(schema, variant);
  }
}

function objectOf(schema: JsonSchema, root: JsonSchema, variant: number, depth: number): Record<string, unknown> {
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(
    // Fields differ from one another, so that what compares two of them has something to find.
    entries.map(([name, property], place) => [name, valueOf(property, root, variant + place, depth + 1)]),
  );
}

function listOf(schema: JsonSchema, root: JsonSchema, variant: number, depth: number): unknown[] {
  if (schema.prefixItems !== undefined)
    return schema.prefixItems.map((item) => valueOf(item, root, variant, depth + 1));
  const { items, minItems = 0, maxItems = Infinity } = schema;
  const length = Math.min(Math.max(minItems, variant % 3), maxItems);
  if (typeof items !== 'object' || depth > DEEPEST) return [];
  return Array.from({ length }, (_, place) => valueOf(items, root, variant + place, depth + 1));
}

function numberOf({ minimum, maximum }: JsonSchema, variant: number): number {
  const low = minimum ?? Math.min(0, maximum ?? 0);
  const high = maximum ?? low + 100;
  return [low, high, Math.trunc((low + high) / 2)][variant % 3] as number;
}

function textOf({ format, minLength = 0, maxLength = 200 }: JsonSchema, variant: number): string {
  const formatted: Readonly<Record<string, string>> = {
    uuid: '00000000-0000-0000-0000-000000000000',
    date: '2000-01-01',
    'date-time': '2000-01-01T00:00:00Z',
    time: '00:00:00',
    email: 'nobody@example.com',
    uri: 'https://example.com/',
    ipv4: '192.0.2.1',
    ipv6: '2001:db8::1',
  };
  const known = format === undefined ? undefined : formatted[format];
  if (known !== undefined) return known;
  const text = ['', 'zq', 'xylophone quartz 7', '-', 'no such thing 31415', '   '][variant % VARIANTS] as string;
  return text.padEnd(minLength, 'zq ').slice(0, maxLength);
}
