import { resolved, type JsonSchema } from './json-schema.ts';

/** Which fields the objects of a schema may have. */
export interface OutputFields {
  readonly names: readonly string[];
  /** Whether there may be others too. */
  readonly open: boolean;
}

/** The fields at the root of a schema, of every alternative. A schema that says nothing is open. */
export function outputFields(schema: JsonSchema): OutputFields {
  const found = { names: new Set<string>(), open: false };
  collect(schema, { root: schema, seen: new Set(), found });
  return { names: [...found.names], open: found.open };
}

/** Whether an output may have a field. */
export function mayHave({ names, open }: OutputFields, field: string): boolean {
  return open || names.includes(field);
}

interface Collecting {
  readonly root: JsonSchema;
  /** Looked at already: a schema may hold itself. */
  readonly seen: Set<JsonSchema>;
  readonly found: { readonly names: Set<string>; open: boolean };
}

function collect(given: JsonSchema, collecting: Collecting): void {
  const schema = resolved(given, collecting.root);
  if (collecting.seen.has(schema)) return;
  collecting.seen.add(schema);
  const { found } = collecting;
  const { type, properties = {}, additionalProperties, enum: values } = schema;
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  for (const part of parts ?? []) collect(part, collecting);
  for (const name of Object.keys(properties)) found.names.add(name);
  const saysNothing = type === undefined && parts === undefined && values === undefined && !('const' in schema);
  if (saysNothing || typeof additionalProperties === 'object' || additionalProperties === true) found.open = true;
}
