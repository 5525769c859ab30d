import { sql, type Kysely } from 'kysely';
import { ERASED } from '../contract/erasure.ts';
import { ERASABLE, scrubbed, type ErasableTable, type Erasing, type Row } from './erasable-columns.ts';
import type { ErasedNames } from './erased-names.ts';
import type { Tables } from './schema.ts';

/** Rows that are read at once: others get their turn in between. */
const PAGE = 500;

/** What belongs to the subject. */
export interface Belongs {
  /** Whether a text names the subject. */
  readonly named: (text: string) => boolean;
  /** Whether all of a run's content goes. */
  readonly ofRun: (runKey: string) => boolean;
  /** Whether a row that has no run is the work of one whose content goes. */
  readonly ofWork: (key: string) => boolean;
}

/** A row that loses something. */
export interface Change {
  readonly table: ErasableTable;
  readonly row: Row;
  readonly set: Readonly<Record<string, string | null>>;
}

/** Rows of a table, page by page, in the order of its key. */
export async function* rowsOf(
  database: Kysely<Tables>,
  table: keyof Tables,
  key: readonly string[],
  columns: readonly string[],
): AsyncGenerator<Row> {
  const order = sql.join(key.map((column) => sql.ref(column)));
  const chosen = sql.join([...new Set([...key, ...columns])].map((column) => sql.ref(column)));
  let after = sql``;
  for (;;) {
    const page = sql<Row>`select ${chosen} from ${sql.table(table)} ${after} order by ${order} limit ${PAGE}`;
    const { rows } = await page.execute(database);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = sql`where (${order}) > (${sql.join(key.map((column) => last[column]))})`;
  }
}

/** Every row that loses something, and what. */
export async function* changesIn(
  database: Kysely<Tables>,
  belongs: Belongs,
  names: ErasedNames,
): AsyncGenerator<Change> {
  for (const table of ERASABLE) {
    const columns = [...Object.keys(table.columns), ...(table.run === undefined ? [] : [table.run])];
    for await (const row of rowsOf(database, table.table, table.key, columns)) {
      const set = changeOf(table, row, belongs, names);
      if (Object.keys(set).length > 0) yield { table, row, set };
    }
  }
}

function changeOf(table: ErasableTable, row: Row, belongs: Belongs, names: ErasedNames): Change['set'] {
  const whole =
    table.run === undefined ? belongs.ofWork(String(row['key'] ?? '')) : belongs.ofRun(String(row[table.run]));
  const set: Record<string, string | null> = {};
  for (const [column, erasing] of Object.entries(table.columns)) {
    const value = row[column];
    if (typeof value !== 'string' || value === table.tombstone?.[column]) continue;
    const erased = erasedValue(value, erasing, { whole, named: belongs.named, names });
    if (erased !== value) set[column] = erased;
  }
  const { tombstone } = table;
  if (tombstone === undefined || !Object.keys(tombstone).some((column) => column in set)) return set;
  return { ...set, ...tombstone };
}

interface Around {
  readonly whole: boolean;
  readonly named: Belongs['named'];
  readonly names: ErasedNames;
}

function erasedValue(value: string, erasing: Erasing, { whole, named, names }: Around): string {
  const here = named(value);
  switch (erasing.as) {
    // In a listing before the first erasure there is no key to make a digest with.
    case 'name':
      return here ? (names.of(value) ?? ERASED) : value;
    case 'effect':
      return here ? (names.ofEffect(value) ?? ERASED) : value;
    case 'text':
      return here || (whole && erasing.ofRun) ? ERASED : value;
    case 'json':
      return here || (whole && erasing.ofRun.length > 0) ? scrubbed(value, named, whole ? erasing.ofRun : []) : value;
  }
}

/** Writes a change. */
export async function applyChange(trx: Kysely<Tables>, { table, row, set }: Change): Promise<void> {
  const values = sql.join(Object.entries(set).map(([column, value]) => sql`${sql.ref(column)} = ${value}`));
  const same = sql.join(
    table.key.map((column) => sql`${sql.ref(column)} = ${row[column]}`),
    sql` and `,
  );
  await sql`update ${sql.table(table.table)} set ${values} where ${same}`.execute(trx);
}
