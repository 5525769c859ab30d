import {
  MOST_RUNS_NAMED,
  type NamedRun,
  type Severity,
  type Shown,
  type ShownName,
} from '../../../contract/loop-evidence.ts';
import { plainLine } from '../../plain-text.ts';

/** Something is wrong; `runs` are those behind it. */
export function found(
  name: ShownName,
  severity: Severity,
  words: {
    readonly because: string;
    readonly nextAction: string;
    readonly runs: readonly NamedRun[];
    /** What a person was asked, where their answer decided. */
    readonly check?: string;
  },
): Shown {
  const keys = new Map(words.runs.map(({ workflowId, runKey }) => [runKey, { workflowId, runKey }]));
  return { state: 'found', name, severity, ...words, runs: [...keys.values()].slice(0, MOST_RUNS_NAMED) };
}

/** Looked at, and nothing is wrong; `check` is what a person was asked, where their answer decided. */
export function clear(name: ShownName, because: string, check?: string): Shown {
  return { state: 'clear', name, because, ...(check === undefined ? {} : { check }) };
}

/** Too little is on record to say anything. */
export function tooFew(name: ShownName, have: number, need: number, of: string): Shown {
  return { state: 'tooFew', name, have, need, of };
}

/** A share for people: `12 of 50 (24 %)`. */
export function share(hits: number, of: number): string {
  return `${hits} of ${of} (${Math.round((100 * hits) / of)} %)`;
}

/** Names as code, one after the other; nothing in them is obeyed by a terminal. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${plainLine(name, 120)}\``).join(', ');
}
