import { sql, type Kysely } from 'kysely';
import { digestOf, putArtefact, type RecentTexts } from './artefacts.ts';
import { deleteFindings } from './findings.ts';
import type { Database } from './group-commit.ts';
import type { Attempt, AttemptHistory, Attempts, Judgement, JudgementKey } from './ports.ts';
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

/** An attempt as its columns hold it. */
interface AttemptValues extends Omit<Attempt, 'changed' | 'passedOver'> {
  readonly strategy: string | null;
  readonly because: string | null;
  readonly passed: string | null;
}

const insertAttempt = prepared((database, made: AttemptValues) =>
  database
    .insertInto('attempts')
    .values({
      run_key: made.runKey,
      stage: made.stage,
      attempt: made.attempt,
      artefact: made.artefact,
      author: made.author,
      at: made.at,
      strategy: made.strategy,
      strategy_because: made.because,
      passed_over: made.passed,
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

function attempts({ read, write }: Database, recent: RecentTexts): Pick<Attempts, 'find' | 'add' | 'history'> {
  return {
    find: (runKey, stage, attempt) => find(read, runKey, stage, attempt),
    history: (loop, stage, upTo) => historyOf(read, loop, stage, upTo),
    async add(attempt, text) {
      const added = await write(async (trx) => {
        const { runKey, stage, changed, passedOver = [] } = attempt;
        const artefact = await putArtefact(trx, text, { runKey, keep: 'durable' });
        const [inserted] = await insertAttempt(trx, {
          ...attempt,
          artefact,
          strategy: changed?.strategy ?? null,
          because: changed?.because ?? null,
          passed: passedOver.length === 0 ? null : JSON.stringify(passedOver),
        });
        const known = inserted === undefined ? await find(trx, runKey, stage, attempt.attempt) : undefined;
        return known ?? { ...attempt, artefact };
      });
      recent.set(digestOf(text), text);
      return added;
    },
  };
}

/** What the newest attempts at a stage came to. A stage is used again under ids of its own, `main#1`, `main#2`. */
async function historyOf(database: Kysely<Tables>, loop: string, stage: string, upTo: number): Promise<AttemptHistory> {
  const { rows } = await sql<{ attempt: number; tried: number; passed: number; cost: number }>`
    with newest as (
      select attempts.run_key, attempts.stage, attempts.attempt, attempts.artefact
      from runs join attempts on attempts.run_key = runs.run_key
      where runs.loop = ${loop} and runs.trigger_kind <> 'eval' and attempts.stage like ${`${stage}#%`}
      order by runs.opened_at desc limit ${upTo})
    select newest.attempt, count(*) as tried,
      -- What only a person can say, and what a person said yes to, is no failed attempt.
      sum(judgements.verdict in ('pass', 'inconclusive') or exists (select 1 from judgements as endorsed
        where endorsed.run_key = newest.run_key and endorsed.stage = newest.stage
          and endorsed.artefact = newest.artefact and endorsed.verdict = 'pass')) as passed,
      sum((select coalesce(sum(ledger.booked), 0) from ledger where ledger.run_key = newest.run_key
        and ledger.stage = newest.stage and ledger.attempt = newest.attempt)) as cost
    from newest join judgements on judgements.run_key = newest.run_key and judgements.stage = newest.stage
      and judgements.artefact = newest.artefact and judgements.author = 'verifiers'
    group by newest.attempt`.execute(database);
  const made = rows.reduce((sum, { tried }) => sum + tried, 0);
  const cost = rows.reduce((sum, row) => sum + row.cost, 0);
  const last = Math.max(0, ...rows.map(({ attempt }) => attempt));
  const odds = Array.from({ length: last }, (_, index) => {
    const { tried = 0, passed = 0 } = rows.find(({ attempt }) => attempt === index + 1) ?? {};
    return { tried, passed };
  });
  return { odds, attemptMicroUsd: made === 0 ? 0 : Math.round(cost / made) };
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

const selectJudgementsOn = prepared((database, key: Pick<JudgementKey, 'runKey' | 'artefact'>) =>
  database
    .selectFrom('judgements')
    .select('body')
    .where('run_key', '=', key.runKey)
    .where('artefact', '=', key.artefact)
    .orderBy('at'),
);

function judgements({
  read,
  write,
}: Database): Pick<Attempts, 'judge' | 'judgement' | 'judgements' | 'judgementsOn' | 'failing'> {
  return {
    async failing(runKey) {
      const row = await read
        .selectFrom('judgements')
        .select('body')
        .where('run_key', '=', runKey)
        .where('author', '=', 'verifiers')
        .orderBy('at', 'desc')
        .limit(1)
        .executeTakeFirst();
      const { criteria } = row === undefined ? { criteria: [] } : (JSON.parse(row.body) as Judgement).verdict;
      return criteria.filter(({ verdict }) => verdict === 'fail' || verdict === 'error').map(({ name }) => name);
    },
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
    async judgementsOn(runKey, artefact) {
      const rows = await selectJudgementsOn(read, { runKey, artefact });
      return rows.map((row) => JSON.parse(row.body) as Judgement);
    },
  };
}
