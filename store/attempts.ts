import type { Kysely } from 'kysely';
import { digestOf, putArtefact, type RecentTexts } from './artefacts.ts';
import type { Database } from './group-commit.ts';
import type { Attempt, Attempts, Judgement } from './ports.ts';
import type { Tables } from './schema.ts';

/** Attempts and the verdicts on what they made, in SQL. */
export function sqlAttempts(database: Database, recent: RecentTexts): Attempts {
  return { ...attempts(database, recent), ...judgements(database) };
}

function attempts({ read, write }: Database, recent: RecentTexts): Pick<Attempts, 'find' | 'add'> {
  return {
    find: (runKey, stage, attempt) => find(read, runKey, stage, attempt),
    async add(attempt, text) {
      const added = await write(async (trx) => {
        const { runKey, stage, author, at } = attempt;
        const artefact = await putArtefact(trx, text, { runKey, keep: 'durable' });
        const inserted = await trx
          .insertInto('attempts')
          .values({ run_key: runKey, stage, attempt: attempt.attempt, artefact, author, at })
          .onConflict((on) => on.doNothing())
          .returning('artefact')
          .executeTakeFirst();
        const known = inserted === undefined ? await find(trx, runKey, stage, attempt.attempt) : undefined;
        return known ?? { ...attempt, artefact };
      });
      recent.set(digestOf(text), text);
      return added;
    },
  };
}

async function find(
  database: Kysely<Tables>,
  runKey: string,
  stage: string,
  attempt: number,
): Promise<Attempt | undefined> {
  const row = await database
    .selectFrom('attempts')
    .selectAll()
    .where('run_key', '=', runKey)
    .where('stage', '=', stage)
    .where('attempt', '=', attempt)
    .executeTakeFirst();
  return row && { runKey, stage, attempt, artefact: row.artefact, author: row.author, at: row.at };
}

function judgements({ read, write }: Database): Pick<Attempts, 'judge' | 'judgement' | 'judgements'> {
  return {
    async judgement(key) {
      const row = await read
        .selectFrom('judgements')
        .select('body')
        .where('run_key', '=', key.runKey)
        .where('stage', '=', key.stage)
        .where('artefact', '=', key.artefact)
        .where('author', '=', key.author)
        .executeTakeFirst();
      return row && (JSON.parse(row.body) as Judgement);
    },
    async judge(key, judgement) {
      await write((trx) =>
        trx
          .insertInto('judgements')
          .values({
            run_key: key.runKey,
            stage: key.stage,
            artefact: key.artefact,
            author: key.author,
            verdict: judgement.verdict.verdict,
            body: JSON.stringify(judgement),
            at: key.at,
          })
          .onConflict((on) => on.doNothing())
          .execute(),
      );
    },
    async judgements(runKey, stage, artefact) {
      const rows = await read
        .selectFrom('judgements')
        .select('body')
        .where('run_key', '=', runKey)
        .where('stage', '=', stage)
        .where('artefact', '=', artefact)
        .orderBy('at')
        .execute();
      return rows.map((row) => JSON.parse(row.body) as Judgement);
    },
  };
}
