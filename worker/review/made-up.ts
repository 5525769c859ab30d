import type { z } from 'zod';
import { resolved, type JsonSchema } from '../../core/json-schema.ts';
import { formatted } from './formats.ts';

/** How many values to make up of one schema. */
const VARIANTS = 6;

/** Objects deeper than this are left empty: a schema that holds itself has no end. */
const DEEPEST = 6;

/** A value that fits a schema. */
export interface MadeUp {
  /** As somebody would send it: JSON. */
  readonly given: unknown;
  /** What the schema makes of it. */
  readonly parsed: unknown;
}

/** What values to make up. */
export interface Making {
  /** `odd`: every field, with what a verifier has to be able to refuse. `plain`: what is needed, with texts that say which field they are. */
  readonly kind: 'odd' | 'plain';
}

/** Values that fit a schema and mean nothing; each was parsed. Fewer, or none, where rules of its own refuse them. */
export function madeUp(schema: z.ZodType, json: JsonSchema, { kind }: Making = { kind: 'odd' }): readonly MadeUp[] {
  return Array.from({ length: VARIANTS }).flatMap((_, variant) => {
    try {
      const given = valueOf(json, { root: json, kind, variant, depth: 0, name: 'example' });
      const parsed = schema.safeParse(given);
      return parsed.success ? [{ given, parsed: parsed.data }] : [];
    } catch {
      // A rule of the schema broke on it, or waits for something.
      return [];
    }
  });
}

interface Place extends Making {
  readonly root: JsonSchema;
  readonly variant: number;
  readonly depth: number;
  /** Of the field that it is for. */
  readonly name: string;
}

function valueOf(given: JsonSchema, place: Place): unknown {
  const { variant } = place;
  const schema = resolved(given, place.root);
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[variant % schema.enum.length];
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return valueOf(alternatives[variant % alternatives.length] ?? {}, place);
  if (schema.allOf !== undefined) return allOf(schema.allOf, place);
  const type = (typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])).at(0) ?? 'string';
  switch (type) {
    case 'object':
      return place.depth > DEEPEST ? {} : objectOf(schema, place);
    case 'array':
      return listOf(schema, place);
    case 'integer':
    case 'number':
      return numberOf(schema, place);
    case 'boolean':
      return variant % 2 === 0;
    case 'null':
      return null;
    default:
      return textOf(schema, place);
  }
}

function allOf(schemas: readonly JsonSchema[], place: Place): unknown {
  const values = schemas.map((schema) => valueOf(schema, place));
  return values.every((value) => typeof value === 'object') ? Object.assign({}, ...values) : values[0];
}

function objectOf(schema: JsonSchema, place: Place): Record<string, unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : {};
  const names = place.kind === 'plain' ? required : [...new Set([...Object.keys(properties), ...required])];
  return Object.fromEntries(
    names.map((name, at) => [name, valueOf(properties[name] ?? rest, { ...within(place, at), name })]),
  );
}

function listOf({ prefixItems, items, minItems = 0, maxItems = Infinity }: JsonSchema, place: Place): unknown[] {
  if (prefixItems !== undefined) return prefixItems.map((item, at) => valueOf(item, within(place, at)));
  const length = Math.min(Math.max(minItems, place.variant % 3), maxItems);
  if (typeof items !== 'object' || place.depth > DEEPEST) return [];
  return Array.from({ length }, (_, at) => valueOf(items, within(place, at)));
}

/** Inside: odd fields differ from one another, so that what compares two of them has something to find. */
function within(place: Place, at: number): Place {
  const variant = place.kind === 'plain' ? place.variant : place.variant + at;
  return { ...place, variant, depth: place.depth + 1 };
}

/** The lowest and the highest number that fit, and one between; a plain one is 1 where that fits. */
function numberOf(schema: JsonSchema, { variant, kind }: Place): number {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  const [floor, ceiling] = [Math.max(minimum, exclusiveMinimum), Math.min(maximum, exclusiveMaximum)];
  const low = floor === -Infinity ? Math.min(0, ceiling - 1) : floor;
  const high = ceiling === Infinity ? low + 100 : ceiling;
  const step = schema.multipleOf ?? (schema.type === 'integer' ? 1 : undefined);
  const fitting = [...(kind === 'plain' ? [1] : []), low, high, Math.trunc((low + high) / 2), low + 1, (low + high) / 2]
    .map((number) => (step === undefined ? number : Math.ceil(number / step) * step))
    .filter((number) => number >= minimum && number <= maximum)
    .filter((number) => number > exclusiveMinimum && number < exclusiveMaximum)
    .slice(0, 3);
  return fitting[variant % fitting.length] ?? low;
}

const ODD = ['', 'zq', 'xylophone quartz 7', '-', 'no such thing 31415', '   '] as const;

function textOf(schema: JsonSchema, { variant, kind, name }: Place): string {
  const { minLength = 0, maxLength = 200 } = schema;
  const text = kind === 'plain' ? name : (ODD[variant % ODD.length] ?? '');
  return formatted(text.padEnd(minLength, kind === 'plain' ? '.' : 'zq ').slice(0, maxLength), schema);
}
