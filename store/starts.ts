import type { Digest, Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';

/** A run that a loop started. */
export interface Start {
  /** Digest of what it was started for: nothing is started for the same twice. */
  readonly origin: Digest;
  /** Digest of the item of a finder, whatever its version. */
  readonly item?: Digest;
  /** The loop that started it. */
  readonly startedBy: string;
  readonly loop: string;
  readonly workflowId: string;
  readonly at: Timestamp;
}

/** What loops have started, once for each origin, kept for good: work that was found is not found again. */
export interface Starts {
  /** Records a start; where its origin has one, nothing changes. */
  record(start: Start): Promise<void>;
  /** Workflow id of what was started for an origin; undefined where nothing was. */
  find(origin: Digest): Promise<string | undefined>;
  /** Those of these origins that something was started for. */
  known(origins: readonly Digest[]): Promise<ReadonlySet<Digest>>;
  /** Whether something was started for an item in another version, that is, for another origin. */
  before(item: Digest, origin: Digest): Promise<boolean>;
}

/** So many origins are asked for at once: SQLite binds at most 32,766. */
const AT_ONCE = 5000;

/** What loops have started, in SQL. */
export function sqlStarts({ read, write }: Database): Starts {
  return {
    async record({ origin, item = null, startedBy, loop, workflowId, at }) {
      await write((trx) =>
        trx
          .insertInto('starts')
          .values({ origin, item, started_by: startedBy, loop, workflow_id: workflowId, at })
          .onConflict((on) => on.doNothing())
          .execute(),
      );
    },
    async find(origin) {
      const row = await read.selectFrom('starts').select('workflow_id').where('origin', '=', origin).executeTakeFirst();
      return row?.workflow_id;
    },
    async known(origins) {
      const found = new Set<Digest>();
      for (let from = 0; from < origins.length; from += AT_ONCE) {
        const some = origins.slice(from, from + AT_ONCE);
        const rows = await read.selectFrom('starts').select('origin').where('origin', 'in', some).execute();
        for (const { origin } of rows) found.add(origin);
      }
      return found;
    },
    async before(item, origin) {
      const row = await read
        .selectFrom('starts')
        .select('origin')
        .where('item', '=', item)
        .where('origin', '<>', origin)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
