/** The parts of a JSON Schema that a table shows. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** A Markdown table of an object's fields, nested ones by their path: field, type, default, meaning. */
export function schemaTable(schema: unknown): string {
  return table(['field', 'type', 'default', 'meaning'], rowsOf(schema as Schema, ''));
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function rowsOf(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const required = schema.required?.includes(name) === true && field.default === undefined;
    const nested = nestedOf(field, path);
    const fallback = required ? 'needed' : nested.length > 0 ? '' : defaultOf(field.default);
    return [[`\`${path}\``, typeOf(field), fallback, field.description ?? ''], ...nested];
  });
}

function nestedOf(field: Schema, path: string): string[][] {
  if (field.properties !== undefined) return rowsOf(field, `${path}.`);
  if (typeof field.additionalProperties === 'object') {
    const { additionalProperties: value } = field;
    const shapes = value.anyOf ?? [value];
    return shapes.flatMap((shape) => rowsOf(shape, `${path}.<name>.`));
  }
  if (field.items?.properties !== undefined) return rowsOf(field.items, `${path}[].`);
  return (field.items?.oneOf ?? []).flatMap((variant) => {
    const kind = String(variant.properties?.['kind']?.const);
    const { kind: _kind, ...others } = variant.properties ?? {};
    return rowsOf({ ...variant, properties: others }, `${path}[${kind}].`);
  });
}

function typeOf(field: Schema): string {
  if (field.const !== undefined) return code(field.const);
  if (field.enum !== undefined) return field.enum.map(code).join(', ');
  if (field.anyOf !== undefined) return [...new Set(field.anyOf.map(typeOf))].join(' or ');
  if (field.oneOf !== undefined) return [...new Set(field.oneOf.map(typeOf))].join(' or ');
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}`;
  if (field.type === 'integer' || field.type === 'number') return `${field.type}${rangeOf(field)}`;
  if (field.type === 'string' && field.maxLength !== undefined) return `text, at most ${field.maxLength} characters`;
  return { string: 'text', boolean: 'true or false', object: 'object' }[field.type ?? ''] ?? 'any JSON';
}

function rangeOf({ minimum, maximum }: Schema): string {
  if (minimum === undefined || maximum === undefined) return minimum === undefined ? '' : ` from ${minimum}`;
  return ` from ${minimum} to ${maximum}`;
}

function defaultOf(value: unknown): string {
  return value === undefined || value === '' ? '' : code(value);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
