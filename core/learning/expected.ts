import type { KeptCase } from '../../contract/case.ts';
import { canonicalJson } from '../canonical.ts';

/** Whether an output is what a case asks for, and why not. */
export interface Met {
  readonly meets: boolean;
  readonly because: string;
}

/**
 * Holds an output against a case. `expect` is a part of it: objects field by field, everything else, lists and numbers
 * too, equal. An output that has all of `never` is refused. A case with neither leaves it to the loop's verifiers.
 */
export function meets(output: unknown, { expect, never }: Pick<KeptCase, 'expect' | 'never'>): Met {
  const missing = expect === undefined ? undefined : missingIn(output, expect, 'output');
  if (missing !== undefined) return { meets: false, because: missing };
  if (never !== undefined && missingIn(output, never, 'output') === undefined)
    return { meets: false, because: `it has all of what a person refused: ${inWords(never)}` };
  if (expect !== undefined) return { meets: true, because: 'it has what is expected' };
  return {
    meets: true,
    because: never === undefined ? 'nothing but its verifiers says what is right' : 'it is not what a person refused',
  };
}

/** The first thing that an output lacks of a part, in words; undefined where it has all of it. */
function missingIn(value: unknown, part: unknown, path: string): string | undefined {
  if (!isFields(part))
    return canonicalJson(value) === canonicalJson(part)
      ? undefined
      : `expected ${path} to be ${inWords(part)}, got ${inWords(value)}`;
  if (!isFields(value)) return `expected ${path} to be an object, got ${inWords(value)}`;
  for (const [name, wanted] of Object.entries(part)) {
    const missing = missingIn(Object.hasOwn(value, name) ? value[name] : undefined, wanted, `${path}.${name}`);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** Whether a value has fields of its own. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Longest value that a reason quotes, in characters. */
const QUOTED = 200;

function inWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = canonicalJson(value);
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}
