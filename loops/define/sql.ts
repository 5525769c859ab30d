import { boundsOf, outside, type OutsideOptions, type OutsideSource } from './source-options.ts';
import type { SourceMistake } from './sources.ts';

/** What {@link sql} is given. */
export interface SqlOptions<I> extends OutsideOptions {
  /** A SQLite file on this machine, from the loop's own folder, or absolute. Postgres is not there yet. */
  readonly database: string;
  /** One SELECT. What comes from an input is a `?` in it, never its text. */
  readonly query: string;
  /** What is bound to the `?`, in order. */
  readonly parameters?: (input: I) => readonly (string | number | null)[];
  /** Default 200. More rows are left out, and it says so. */
  readonly maxRows?: number;
}

/**
 * Rows of a database, read-only, each a line of JSON. The statement is one SELECT and cannot attach, write or set
 * anything; a query that takes too long is killed. Default: at most 200 rows and 200,000 bytes in 10 seconds.
 */
export function sql<I>(options: SqlOptions<I>): OutsideSource<I> {
  const { database, query, parameters, maxRows = 200 } = options;
  return outside<I>(
    { ...options },
    {
      name: `sql(${database})`,
      mistakes: sqlMistakes(database, query, parameters),
      request: (input) => ({
        kind: 'sql',
        database,
        query,
        parameters: parameters?.(input) ?? [],
        maxRows,
        ...boundsOf(options, { maxBytes: 200_000, timeoutMs: 10_000 }),
      }),
    },
  );
}

function* sqlMistakes(database: unknown, query: unknown, parameters: unknown): Generator<SourceMistake, void> {
  if (typeof database !== 'string' || database === '' || /^\w+:\/\//.test(database))
    yield {
      // A connection string has a password in it.
      rule: `expected \`database\` of \`sql()\` to be a SQLite file, got ${typeof database === 'string' && database !== '' ? `a ${database.split(':')[0]} URL` : 'nothing'}`,
      fix: "Write `database: '../data/shop.db'`; other databases are not there yet, so read them with a `source({ … })` of your own.",
    };
  const bare = typeof query === 'string' ? withoutText(query) : '';
  if (!/^\s*(?:select|with|values)\b/i.test(bare) || /;\s*\S/.test(bare))
    yield {
      rule: `expected \`query\` of \`sql()\` to be one SELECT, got ${JSON.stringify(query)?.slice(0, 80) ?? 'nothing'}`,
      fix: "Write `query: 'select … from … where id = ?'`, and what differs by input in `parameters`.",
    };
  if (/\?/.test(bare) && parameters === undefined)
    yield {
      rule: '`query` of `sql()` has a `?`, and there are no `parameters`',
      fix: 'Write `parameters: (input) => [input.id]`.',
    };
}

/** A statement without its comments and quoted texts. */
function withoutText(query: string): string {
  return query.replaceAll(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, ' ');
}
