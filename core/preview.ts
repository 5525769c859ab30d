import { isRecord } from './form/fields.ts';
import { parsedJson } from './json-text.ts';

/** Fields of a value that a line has room for. */
const MOST_FIELDS = 4;

/** Longest text of a field in a line, in characters. */
const LONGEST = 120;

/** A field of a value, as a line in a list shows it; without a name where the value is none of named fields. */
export interface PreviewField {
  readonly name?: string;
  readonly text: string;
}

/** A JSON value on one line, for lists: its first plain fields, in the order of `names` where it has them. It is cut, and never the whole. */
export function preview(json: string, names: readonly string[] = []): readonly PreviewField[] {
  const value = parsedJson(json);
  if (!isRecord(value)) return [{ text: cut(typeof value === 'string' ? value : json) }];
  return inOrder(value, names)
    .filter(([, one]) => one !== null && typeof one !== 'object')
    .slice(0, MOST_FIELDS)
    .map(([name, one]) => ({ name, text: typeof one === 'number' ? rounded(one) : cut(String(one)) }));
}

/** The fields of a record, in the order of `names` where it has them: JSON that is kept is sorted, schemas have an order. */
export function inOrder(
  record: Readonly<Record<string, unknown>>,
  names: readonly string[],
): readonly (readonly [name: string, value: unknown])[] {
  const place = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.entries(record).toSorted(([a], [b]) => place(a) - place(b));
}

/** Enough of a number to tell it from others. */
function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

function cut(text: string): string {
  const characters = Array.from(text.replaceAll(/\s+/g, ' ').trim());
  return characters.length <= LONGEST ? characters.join('') : `${characters.slice(0, LONGEST - 1).join('')}…`;
}
