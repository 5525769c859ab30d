import type { z } from 'zod';
import type { FinderSource, Listing } from './finder-source.ts';
import { sql } from './sql.ts';

/** An item with whatever fields it has. */
export type Item = Readonly<Record<string, unknown>>;

/** What `find.sql` is given. */
export interface FindRowsOptions<R> {
  /** A SQLite file, from the finder's own folder, or absolute. */
  readonly database: string;
  /** One SELECT, oldest first: `… order by created_at`. */
  readonly query: string;
  /** What is bound to the `?`, in order. */
  readonly parameters?: readonly (string | number | null)[];
  /** What a row has to be. What does not fit is not started, and told. */
  readonly item?: z.ZodType<R>;
  /** Default and most: 10,000. */
  readonly maxRows?: number;
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

/** So much is read of a list, in bytes. */
export const MAX_LIST_BYTES = 10_000_000;

const MAX_ROWS = 10_000;

/** Rows of a SQLite database, read-only, in the order of the query. */
export function findRows<R = Item>(options: FindRowsOptions<R>): FinderSource<R> {
  const { database, query, parameters, maxRows = MAX_ROWS, timeoutMs, item } = options;
  const source = sql<undefined>({
    database,
    query,
    maxRows,
    maxBytes: MAX_LIST_BYTES,
    why: 'what there is to do',
    ...(parameters === undefined ? {} : { parameters: () => parameters }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return {
    name: source.name,
    mistakes: source.mistakes ?? [],
    async list(access) {
      const [part] = await source.fetch(undefined, access);
      return rowsIn(part?.text ?? '', part?.incomplete);
    },
    take: (row) => (item === undefined ? (row as R) : item.parse(row)),
    read: async (row) => row,
  };
}

/** A row is a line of JSON; that there are none, or more, is said in a line of its own. */
function rowsIn(text: string, incomplete: string | undefined): Listing {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  const items = lines.map((line) => JSON.parse(line) as unknown);
  return incomplete === undefined ? { items } : { items, incomplete };
}
