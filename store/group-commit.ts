import { sql, type Kysely } from 'kysely';
import type { Tables } from './schema.ts';

/** Runs work in a transaction and resolves when it is on disk. What the work throws undoes that work alone. */
export type Write = <T>(work: (transaction: Kysely<Tables>) => Promise<T>) => Promise<T>;

/** How the adapters reach the database. */
export interface Database {
  /** For reading what is committed; never inside a write. */
  readonly read: Kysely<Tables>;
  readonly write: Write;
}

interface Job {
  readonly work: (transaction: Kysely<Tables>) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Done = { readonly job: Job } & ({ readonly value: unknown } | { readonly error: unknown });

/**
 * Group commit: writes that are asked for while one is being committed share the next commit, and so one fsync. Each is
 * a savepoint of its own, nobody's failure is another's, and nobody hears of success before it is durable.
 */
export function groupCommit(database: Kysely<Tables>): Write {
  let waiting: Job[] = [];
  let draining = false;
  async function drain(): Promise<void> {
    draining = true;
    while (waiting.length > 0) {
      // Whoever asks in this turn of the event loop shares the commit.
      await new Promise((later) => setImmediate(later));
      const jobs = waiting;
      waiting = [];
      await commit(database, jobs);
    }
    draining = false;
  }
  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve: resolve as Job['resolve'], reject });
      if (!draining) void drain();
    });
}

/** Never rejects: every job hears for itself. */
async function commit(database: Kysely<Tables>, jobs: readonly Job[]): Promise<void> {
  const [first, second] = jobs;
  try {
    // Alone it needs no savepoint: what it throws undoes the transaction.
    if (first !== undefined && second === undefined) {
      return first.resolve(await database.transaction().execute(first.work));
    }
    const done = await database.transaction().execute(async (transaction) => {
      const results: Done[] = [];
      for (const job of jobs) results.push(await attempt(transaction, job));
      return results;
    });
    for (const result of done) {
      if ('error' in result) result.job.reject(result.error);
      else result.job.resolve(result.value);
    }
  } catch (error) {
    for (const job of jobs) job.reject(error);
  }
}

async function attempt(transaction: Kysely<Tables>, job: Job): Promise<Done> {
  await sql`savepoint job`.execute(transaction);
  try {
    const value = await job.work(transaction);
    await sql`release job`.execute(transaction);
    return { job, value };
  } catch (error) {
    await sql`rollback to job`.execute(transaction);
    await sql`release job`.execute(transaction);
    return { job, error };
  }
}
