import type { DefinitionMistake } from './invalid-loop.ts';

/** What is wrong with a part of a definition. */
export type Mistakes = Generator<DefinitionMistake, void>;

/** An object whose fields may be anything. */
export type Fields = Readonly<Record<string, unknown>>;

/** A mistake at a field of a definition. */
export function mistake(field: string, rule: string, fix: string): DefinitionMistake {
  return { field, rule, fix };
}

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `kind` of a value that may be anything. */
export function kindOf(value: unknown): unknown {
  return isFields(value) ? value['kind'] : undefined;
}

/** A value as a message says it. */
export function words(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isFields(value)) return Object.keys(value).length === 0 ? 'an empty object' : 'an object';
  return JSON.stringify(value) ?? typeof value;
}
