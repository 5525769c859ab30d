import { isRecord, type Form, type FormField } from './fields.ts';

/** Names under which a form's fields travel; `json` alone is the whole value. */
export const FIELD_PREFIX = 'field.';

/** What a form was answered with, or what of it cannot be read, by field. */
export type FormAnswer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly mistakes: readonly { readonly field: string; readonly why: string }[] };

/** What a field shows of a value. */
export function shownValue({ name, input }: FormField, value: unknown): string {
  const own = isRecord(value) ? value[name] : undefined;
  if (own === undefined) return '';
  switch (input.kind) {
    case 'line':
    case 'text':
      return typeof own === 'string' ? own : JSON.stringify(own);
    case 'number':
    case 'choice':
      return JSON.stringify(own);
    case 'switch':
      return own === true ? 'true' : 'false';
    case 'json':
      return JSON.stringify(own, undefined, 2);
  }
}

/**
 * Reads what came of a form. Values keep their types, and a field that shows what it showed before keeps its value
 * exactly: browsers change line ends. An empty field that need not be there is left out.
 */
export function readAnswer(form: Form, given: ReadonlyMap<string, string>, before?: unknown): FormAnswer {
  if (form.kind === 'json') return readJson(given.get('json') ?? '', before);
  const mistakes: { field: string; why: string }[] = [];
  const value: Record<string, unknown> = {};
  for (const field of form.fields) {
    const text = given.get(FIELD_PREFIX + field.name);
    const old = isRecord(before) ? before[field.name] : undefined;
    if (old !== undefined && text !== undefined && unix(text) === unix(shownValue(field, before))) {
      value[field.name] = old;
      continue;
    }
    const read = readField(field, text);
    if (read.kind === 'value') value[field.name] = read.value;
    else if (read.kind === 'mistake') mistakes.push({ field: field.name, why: read.why });
  }
  return mistakes.length === 0 ? { kind: 'value', value } : { kind: 'unreadable', mistakes };
}

type ReadField = { kind: 'value'; value: unknown } | { kind: 'none' } | { kind: 'mistake'; why: string };

function readField({ input, required }: FormField, given: string | undefined): ReadField {
  if (input.kind === 'switch') return { kind: 'value', value: given === 'true' || given === 'on' };
  const text = unix(given ?? '');
  const empty = text.trim() === '';
  if (empty && (!required || given === undefined)) return { kind: 'none' };
  switch (input.kind) {
    case 'line':
    case 'text':
      return { kind: 'value', value: text };
    case 'number': {
      const number = empty ? NaN : Number(text.trim());
      if (!Number.isFinite(number)) return { kind: 'mistake', why: `expected a number, got "${text}"` };
      return { kind: 'value', value: number };
    }
    case 'choice':
    case 'json': {
      const read = readJson(text, undefined);
      return read.kind === 'value' ? read : { kind: 'mistake', why: read.mistakes[0]?.why ?? 'expected JSON' };
    }
  }
}

function readJson(text: string, before: unknown): FormAnswer {
  if (before !== undefined && unix(text) === JSON.stringify(before, undefined, 2))
    return { kind: 'value', value: before };
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch (error) {
    return { kind: 'unreadable', mistakes: [{ field: 'json', why: `expected JSON: ${(error as Error).message}` }] };
  }
}

function unix(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}
