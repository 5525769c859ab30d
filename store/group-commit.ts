import type { Kysely } from 'kysely';
import type { Tables } from './schema.ts';

/**
 * Runs work in a transaction and resolves when it is on disk. What the work throws undoes that work alone. Work touches
 * nothing but the transaction: it may be undone and done again.
 */
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

/** So many writes in one commit say that many runs are at work: one run alone hardly asks for as many at once. */
const CROWD = 4;

/** How long the commit after a crowded one waits for company, in milliseconds. */
const COMPANY_MS = 10;

/**
 * Group commit: writes that are asked for while one is being committed share the next commit, and so one fsync.
 * Nobody's failure is another's, and nobody hears of success before it is durable.
 */
export function groupCommit(database: Kysely<Tables>): Write {
  let waiting: Job[] = [];
  let draining = false;
  let crowded = false;
  async function drain(): Promise<void> {
    draining = true;
    while (waiting.length > 0) {
      // Whoever asks in this turn of the event loop shares the commit, and a moment longer where many ask.
      await new Promise<void>((later) => void (crowded ? setTimeout(later, COMPANY_MS) : setImmediate(later)));
      const jobs = waiting;
      waiting = [];
      crowded = jobs.length >= CROWD;
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
  try {
    const values = await database.transaction().execute(async (transaction) => {
      const made: unknown[] = [];
      for (const job of jobs) made.push(await job.work(transaction));
      return made;
    });
    for (const [index, job] of jobs.entries()) job.resolve(values[index]);
  } catch (error) {
    // All of it is undone. Whose failure it was shows when each is done alone; failures are rare, savepoints would not be.
    if (jobs.length > 1) for (const job of jobs) await commit(database, [job]);
    else jobs[0]?.reject(error);
  }
}
