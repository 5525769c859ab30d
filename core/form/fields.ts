import { resolved, type JsonSchema } from '../json-schema.ts';

/** How a value is put into a form. `json` takes whatever has no field of its own. */
export type FieldInput =
  | { readonly kind: 'line' | 'text'; readonly maxLength?: number }
  | { readonly kind: 'number'; readonly whole: boolean; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'switch' }
  /** One of some values, each as JSON. */
  | { readonly kind: 'choice'; readonly values: readonly unknown[] }
  | { readonly kind: 'json' };

/** One field of a form. */
export interface FormField {
  readonly name: string;
  readonly required: boolean;
  readonly input: FieldInput;
}

/** A form: fields by name, or one text of JSON where the schema is no flat record. */
export type Form = { readonly kind: 'fields'; readonly fields: readonly FormField[] } | { readonly kind: 'json' };

/** A text that may be longer than this gets several lines. */
const LINE_CHARACTERS = 200;

/** The form of a JSON Schema. A value that has more fields than its schema names is written as JSON, so that none is lost. */
export function formOf(schema: JsonSchema, value?: unknown): Form {
  const root = resolved(schema, schema);
  const named = root.properties ?? {};
  const known = Object.keys(named);
  if (known.length === 0 || root.anyOf !== undefined || root.oneOf !== undefined || root.allOf !== undefined)
    return { kind: 'json' };
  if (value !== undefined && !isRecord(value)) return { kind: 'json' };
  if (Object.keys(value ?? {}).some((name) => !known.includes(name))) return { kind: 'json' };
  const fields = known.map((name) => ({
    name,
    required: root.required?.includes(name) === true,
    input: fitting(inputOf(resolved(named[name] ?? {}, schema)), value?.[name]),
  }));
  return { kind: 'fields', fields };
}

/** A record of named values. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a field of its kind could not show as it is, it shows as JSON. */
function fitting(input: FieldInput, value: unknown): FieldInput {
  if (value === undefined || input.kind === 'json') return input;
  const type = typeof value;
  switch (input.kind) {
    case 'line':
      if (type === 'string' && (value as string).includes('\n')) return { ...input, kind: 'text' };
      return type === 'string' ? input : { kind: 'json' };
    case 'text':
      return type === 'string' ? input : { kind: 'json' };
    case 'number':
      return type === 'number' ? input : { kind: 'json' };
    case 'switch':
      return type === 'boolean' ? input : { kind: 'json' };
    case 'choice':
      return input.values.some((one) => one === value) ? input : { ...input, values: [value, ...input.values] };
  }
}

function inputOf(schema: JsonSchema): FieldInput {
  const { enum: values, type, maxLength, minimum, maximum } = schema;
  if (values?.every((value) => typeof value !== 'object') === true) return { kind: 'choice', values };
  if (schema.anyOf !== undefined || schema.oneOf !== undefined || schema.allOf !== undefined) return { kind: 'json' };
  switch (type) {
    case 'string':
      return {
        kind: schema.format !== undefined || (maxLength ?? Infinity) <= LINE_CHARACTERS ? 'line' : 'text',
        ...(maxLength === undefined ? {} : { maxLength }),
      };
    case 'number':
    case 'integer':
      return {
        kind: 'number',
        whole: type === 'integer',
        ...(minimum === undefined || Math.abs(minimum) >= Number.MAX_SAFE_INTEGER ? {} : { minimum }),
        ...(maximum === undefined || Math.abs(maximum) >= Number.MAX_SAFE_INTEGER ? {} : { maximum }),
      };
    case 'boolean':
      return { kind: 'switch' };
    case undefined:
    default:
      return { kind: 'json' };
  }
}
