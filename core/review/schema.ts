import { resolved, type JsonSchema } from '../json-schema.ts';

/** What a schema says of the records that fit it. Paths are dotted; `[]` is any item, `*` any key, empty the whole. */
export interface SchemaFacts {
  /** Whether the whole is a record with named fields. */
  readonly record: boolean;
  /** Whether something in it is more than free text: a number, a boolean, a closed set, a list of records. */
  readonly structured: boolean;
  /** Where anything fits. */
  readonly untyped: readonly string[];
  /** Texts and lists that may be of any length. */
  readonly unbounded: readonly string[];
}

/** Formats whose texts have a length of their own. */
const SHORT_FORMATS = ['uuid', 'date', 'date-time', 'time', 'ipv4', 'ipv6', 'duration', 'cuid2', 'ulid', 'nanoid'];

/** Reads a JSON Schema (draft 2020-12). */
export function schemaFacts(schema: JsonSchema): SchemaFacts {
  const found = { structured: false, untyped: new Set<string>(), unbounded: new Set<string>() };
  walk(schema, '', { root: schema, seen: new Set(), found });
  return {
    record: isRecord(schema, schema),
    structured: found.structured,
    untyped: [...found.untyped],
    unbounded: [...found.unbounded],
  };
}

function isRecord(given: JsonSchema, root: JsonSchema): boolean {
  const schema = resolved(given, root);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.every((one) => one.$ref !== '#' && isRecord(one, root));
  if (schema.allOf !== undefined) return schema.allOf.some((one) => isRecord(one, root));
  return Object.keys(schema.properties ?? {}).length > 0;
}

interface Walk {
  readonly root: JsonSchema;
  /** Referred to on the way here: a schema that holds itself is walked once. */
  readonly seen: ReadonlySet<JsonSchema>;
  readonly found: { structured: boolean; readonly untyped: Set<string>; readonly unbounded: Set<string> };
}

function walk(given: JsonSchema, path: string, walking: Walk): void {
  const schema = resolved(given, walking.root);
  if (walking.seen.has(schema)) return;
  const below = { ...walking, seen: new Set([...walking.seen, schema]) };
  const { found } = walking;
  const alternatives = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (alternatives !== undefined) {
    if (isAnything(alternatives)) found.untyped.add(path);
    for (const alternative of alternatives) walk(alternative, path, below);
    return;
  }
  if (schema.enum !== undefined || 'const' in schema) {
    found.structured = true;
    return;
  }
  const types = typesOf(schema);
  if (types.length === 0) found.untyped.add(path);
  if (types.some((type) => ['number', 'integer', 'boolean'].includes(type))) found.structured = true;
  if (types.includes('string') && !isShort(schema)) found.unbounded.add(path);
  if (types.includes('object')) walkObject(schema, path, below);
  if (types.includes('array')) walkList(schema, path, below);
}

/** Texts, numbers, lists and objects alike: JSON of any kind, spelt out. */
function isAnything(alternatives: readonly JsonSchema[]): boolean {
  const types = new Set(alternatives.flatMap(typesOf));
  return ['string', 'number', 'array', 'object'].every((type) => types.has(type));
}

function typesOf({ type = [] }: JsonSchema): readonly string[] {
  return typeof type === 'string' ? [type] : type;
}

function walkObject(schema: JsonSchema, path: string, walking: Walk): void {
  const { properties = {}, additionalProperties } = schema;
  for (const [name, property] of Object.entries(properties)) walk(property, join(path, name), walking);
  if (typeof additionalProperties === 'object') {
    walk(additionalProperties, join(path, '*'), walking);
    walking.found.unbounded.add(join(path, '*'));
  } else if (Object.keys(properties).length === 0) walking.found.untyped.add(path);
}

function walkList(schema: JsonSchema, path: string, walking: Walk): void {
  const { items, prefixItems = [], maxItems } = schema;
  for (const item of prefixItems) walk(item, `${path}[]`, walking);
  if (typeof items === 'object') {
    walk(items, `${path}[]`, walking);
    if (items.properties !== undefined) walking.found.structured = true;
  }
  if (items !== false && maxItems === undefined) walking.found.unbounded.add(`${path}[]`);
}

function isShort({ maxLength, format, pattern }: JsonSchema): boolean {
  if (maxLength !== undefined || (format !== undefined && SHORT_FORMATS.includes(format))) return true;
  return pattern !== undefined && hasLongest(pattern);
}

/** Whether a pattern fits texts of a largest length only: from beginning to end, and nothing in it repeats without end. */
function hasLongest(pattern: string): boolean {
  const bare = pattern.replaceAll(/\\./g, 'x').replaceAll(/\[[^\]]*\]/g, 'x');
  return /^\^[^|]*\$$/.test(bare) && !/[*+]|\{\d*,\}/.test(bare);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
