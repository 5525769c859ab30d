import { resolved, type JsonSchema } from '../../core/json-schema.ts';
import { plainLine } from '../../core/plain-text.ts';

/** What a schema wants, in words: "an integer from 1 to 20". */
export function expectation(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(expectation))].join(' or ');
  switch (schema.type) {
    case 'integer':
      return `an integer${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'string':
      if (schema.format === 'uri') return 'a URL';
      return (schema.minLength ?? 0) > 0 ? 'a text that is not empty' : 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return (schema.minItems ?? 0) > 0 ? 'a list with at least one entry' : 'a list';
    case 'object':
      return 'fields with values';
    case undefined:
    default:
      return typeof schema.type === 'string' ? schema.type : 'another value';
  }
}

function range({ minimum, maximum }: JsonSchema): string {
  const [from, to] = [minimum, maximum].map((bound) =>
    bound === undefined || Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : bound,
  );
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return ` of at least ${from}`;
  return to === undefined ? '' : ` of at most ${to}`;
}

/** What was found, in words that a terminal may show: `0`, `"soon"`, `nothing`. */
export function got(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return plainLine(JSON.stringify(value) ?? typeof value, 81);
}

/** The schema of what is at a path of `value`; undefined where the schema knows no such place. */
export function schemaAt(root: JsonSchema, path: readonly PropertyKey[], value: unknown): JsonSchema | undefined {
  let schema = branch(root, root, value);
  let inside = value;
  for (const step of path) {
    inside = (inside as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[step];
    const rest = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    const items = typeof schema?.items === 'object' ? schema.items : undefined;
    const next = typeof step === 'number' ? items : (schema?.properties?.[String(step)] ?? rest);
    if (next === undefined) return undefined;
    schema = branch(root, next, inside);
  }
  return schema;
}

/** The alternative of a union that a value is meant as: by its `kind`, else the one with fields where it has some. */
function branch(root: JsonSchema, schema: JsonSchema, value: unknown): JsonSchema {
  if (schema.$ref !== undefined) return resolved(schema, root);
  const fields = typeof value === 'object' && value !== null ? (value as { kind?: unknown }) : undefined;
  const branches = schema.anyOf ?? schema.oneOf ?? [];
  return (
    branches.find(({ properties }) => fields?.kind !== undefined && properties?.['kind']?.const === fields.kind) ??
    branches.find(({ type }) => fields !== undefined && type === 'object' && schema.anyOf !== undefined) ??
    schema
  );
}
