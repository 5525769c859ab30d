import { constants, DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { text as allOf } from 'node:stream/consumers';

/** What the process that reads a SQLite file is told, as JSON on its standard input. */
export interface SqliteQuestion {
  readonly path: string;
  readonly query: string;
  readonly parameters: readonly (string | number | null)[];
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** What it answers, as JSON on its standard output. */
export type SqliteAnswer =
  | { readonly kind: 'rows'; readonly lines: readonly string[]; readonly more: 'rows' | 'bytes' | 'none' }
  | { readonly kind: 'refused' | 'failed'; readonly why: string };

/** Result codes of SQLite that may be another one later: busy, locked, I/O, cannot open, protocol. */
const PASSING: readonly number[] = [5, 6, 10, 14, 15];

/** What a SELECT does, and nothing else is authorised: no other statement, no ATTACH, no PRAGMA. */
const { SQLITE_DENY, SQLITE_FUNCTION, SQLITE_OK, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_SELECT } = constants;
const READING: readonly number[] = [SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE];

/** How long it waits for somebody who writes, in milliseconds. */
const BUSY_MS = 2000;

process.stdout.write(JSON.stringify(answer(JSON.parse(await allOf(process.stdin)) as SqliteQuestion)));

function answer(question: SqliteQuestion): SqliteAnswer {
  try {
    return rowsOf(question);
  } catch (error) {
    const { errcode, message } = error as { errcode?: number; message: string };
    return { kind: PASSING.includes((errcode ?? 0) & 0xff) ? 'failed' : 'refused', why: message };
  }
}

function rowsOf({ path, query, parameters, maxRows, maxBytes }: SqliteQuestion): SqliteAnswer {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  database.setAuthorizer((action, _table, name) => {
    if (action === SQLITE_FUNCTION) return name === 'load_extension' ? SQLITE_DENY : SQLITE_OK;
    return READING.includes(action) ? SQLITE_OK : SQLITE_DENY;
  });
  const statement = database.prepare(query);
  // SQLite prepares the first statement and leaves what is behind it.
  const behind = query.slice(query.indexOf(statement.sourceSQL) + statement.sourceSQL.length);
  const rest = behind.replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, '');
  if (rest.trim() !== '')
    return { kind: 'refused', why: `it is more than one statement, at "${rest.trim().slice(0, 60)}"` };
  if (statement.columns().length === 0) return { kind: 'refused', why: 'it is no SELECT' };
  statement.setReadBigInts(true);
  const lines: string[] = [];
  let bytes = 0;
  for (const row of statement.iterate(...(parameters as SQLInputValue[]))) {
    if (lines.length === maxRows) return { kind: 'rows', lines, more: 'rows' };
    const line = JSON.stringify(row, (_column, value: unknown) => shown(value));
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxBytes) return { kind: 'rows', lines, more: 'bytes' };
    lines.push(line);
  }
  return { kind: 'rows', lines, more: 'none' };
}

function shown(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return `(${value.byteLength} bytes)`;
  return value;
}
