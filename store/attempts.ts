import type { Kysely } from 'kysely';
import { digestOf, putArtefact, type RecentTexts } from './artefacts.ts';
import { deleteFindings } from './findings.ts';
import type { Database } from './group-commit.ts';
import type { Attempt, Attempts, Judgement, JudgementKey } from './ports.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';

const selectAttempt = prepared((database, key: Pick<Attempt, 'runKey' | 'stage' | 'attempt'>) =>
  database
    .selectFrom('attempts')
    .selectAll()
    .where('run_key', '=', key.runKey)
    .where('stage', '=', key.stage)
    .where('attempt', '=', key.attempt),
);

const insertAttempt = prepared((database, made: Attempt) =>
  database
    .insertInto('attempts')
    .values({
      run_key: made.runKey,
      stage: made.stage,
      attempt: made.attempt,
      artefact: made.artefact,
      author: made.author,
      at: made.at,
    })
    .onConflict((on) => on.doNothing())
    .returning('artefact'),
);

const selectJudgements = prepared((database, key: Pick<JudgementKey, 'runKey' | 'stage' | 'artefact'>) =>
  database
    .selectFrom('judgements')
    .select(['author', 'body'])
    .where('run_key', '=', key.runKey)
    .where('stage', '=', key.stage)
    .where('artefact', '=', key.artefact)
    .orderBy('at'),
);

const insertJudgement = prepared(
  (database, made: JudgementKey & { readonly verdict: string; readonly body: string; readonly at: number }) =>
    database
      .insertInto('judgements')
      .values({
        run_key: made.runKey,
        stage: made.stage,
        artefact: made.artefact,
        author: made.author,
        verdict: made.verdict,
        body: made.body,
        at: made.at,
      })
      .onConflict((on) => on.doNothing()),
);

/** Attempts and the verdicts on what they made, in SQL. */
export function sqlAttempts(database: Database, recent: RecentTexts): Attempts {
  return { ...attempts(database, recent), ...judgements(database) };
}

function attempts({ read, write }: Database, recent: RecentTexts): Pick<Attempts, 'find' | 'add'> {
  return {
    find: (runKey, stage, attempt) => find(read, runKey, stage, attempt),
    async add(attempt, text) {
      const added = await write(async (trx) => {
        const { runKey, stage } = attempt;
        const artefact = await putArtefact(trx, text, { runKey, keep: 'durable' });
        const [inserted] = await insertAttempt(trx, { ...attempt, artefact });
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
  const [row] = await selectAttempt(database, { runKey, stage, attempt });
  return row && { runKey, stage, attempt, artefact: row.artefact, author: row.author, at: row.at };
}

function judgements({ read, write }: Database): Pick<Attempts, 'judge' | 'judgement' | 'judgements'> {
  return {
    async judgement(key) {
      const row = (await selectJudgements(read, key)).find(({ author }) => author === key.author);
      return row && (JSON.parse(row.body) as Judgement);
    },
    async judge(key, judgement) {
      const { verdict } = judgement.verdict;
      await write(async (trx) => {
        await insertJudgement(trx, { ...key, verdict, body: JSON.stringify(judgement) });
        await deleteFindings(trx, key);
      });
    },
    async judgements(runKey, stage, artefact) {
      const rows = await selectJudgements(read, { runKey, stage, artefact });
      return rows.map((row) => JSON.parse(row.body) as Judgement);
    },
  };
}
