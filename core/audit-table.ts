import type { AuditEntry } from '../contract/audit.ts';
import { columns } from './columns.ts';
import { moment } from './figures.ts';
import { plainLine } from './plain-text.ts';

/** An entry as `audit list --json` prints it: the time in ISO 8601, the body as JSON. */
export interface ListedEntry extends Omit<AuditEntry, 'at' | 'body'> {
  readonly at: string;
  readonly body: unknown;
}

/** An entry as programs read it. */
export function listedEntry({ at, body, ...entry }: AuditEntry): ListedEntry {
  return { ...entry, at: new Date(at).toISOString(), body: JSON.parse(body) as unknown };
}

/** Longest body that is shown, in characters. */
const BODY = 160;

/** Entries as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function auditTable(entries: readonly AuditEntry[]): string {
  return columns([
    ['ENTRY', 'AT', 'KIND', 'WHAT', 'HASH'],
    ...entries.map(({ seq, at, kind, body, hash }) => [
      String(seq),
      moment(at),
      plainLine(kind, 20),
      plainLine(said(body), BODY),
      hash.slice(0, 12),
    ]),
  ]);
}

/** The fields of a body, without what only keeps it from being guessed. */
function said(body: string): string {
  const { nonce: _nonce, ...fields } = JSON.parse(body) as Readonly<Record<string, unknown>>;
  return Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
