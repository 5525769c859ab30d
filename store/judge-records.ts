import { sql, type Selectable } from 'kysely';
import type { Judgement, JudgementKey } from './ports.ts';
import type {
  AskedAgain,
  JudgeAnswer,
  JudgeEvidence,
  JudgedArtefact,
  JudgeFigures,
  JudgeRecord,
  JudgeStanding,
} from '../contract/judges.ts';
import type { Timestamp } from '../contract/names.ts';
import { addAudit } from './audit.ts';
import { deleteFindings } from './findings.ts';
import type { Database } from './group-commit.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';

/** What is known of judges: what they said, what people did, and what their word counts for since when. */
export interface JudgeRecords {
  /** All that says how good the judges of a loop are: of the newest artefacts of its work, and of those that people decided on, up to so many. */
  evidence(loop: string, upTo: number): Promise<JudgeEvidence>;
  /** When something was last added that says how good they are; 0 where nothing was. */
  lastWord(loop: string): Promise<Timestamp>;
  /** Records what a judge said when it was asked again; where the same was asked it among the same, the first answer stays. What was kept of its calls until then goes. */
  answer(answer: JudgeAnswer, kept?: JudgementKey): Promise<void>;
  /** Records a standing, and tells the audit log, where it is another than the newest one; answers whether it was. */
  stand(record: JudgeRecord): Promise<boolean>;
  /** The newest record of each judge of a loop: what their words count for. One without a record is uncalibrated. */
  newest(loop: string): Promise<readonly JudgeRecord[]>;
}

const selectNewest = prepared((database, { loop }: { readonly loop: string }) =>
  database
    .selectFrom('judge_records')
    .selectAll()
    .where('loop', '=', loop)
    .where(
      'id',
      'in',
      database
        .selectFrom('judge_records')
        .select(({ fn }) => fn.max('id').as('id'))
        .groupBy(['loop', 'stage', 'judge']),
    )
    .orderBy('stage')
    .orderBy('judge'),
);

/** What is known of judges, in SQL. */
export function sqlJudgeRecords({ read, write }: Database): JudgeRecords {
  return {
    async evidence(loop, upTo) {
      const [artefacts, answers, standings] = await Promise.all([
        judgedArtefacts(read, loop, upTo),
        read.selectFrom('judge_answers').selectAll().where('loop', '=', loop).orderBy('at').execute(),
        selectNewest(read, { loop }),
      ]);
      return { artefacts, answers: answers.map(answerOf), standings: standings.map(recordOf) };
    },
    async lastWord(loop) {
      const { rows } = await sql<{ at: number | null }>`select max(at) as at from (
        select max(settled_at) as at from gates where loop = ${loop} and ${DECIDED}
        union all select max(at) from judge_answers where loop = ${loop})`.execute(read);
      return rows[0]?.at ?? 0;
    },
    async answer({ runKey, inputOf, letThrough, orders, ...answer }, kept) {
      const row = {
        ...answer,
        run_key: runKey,
        input_of: inputOf,
        let_through: letThrough ? 1 : 0,
        orders_changed: orders.changed,
        orders_of: orders.of,
      };
      await write(async (trx) => {
        await trx
          .insertInto('judge_answers')
          .values(row)
          .onConflict((on) => on.doNothing())
          .execute();
        if (kept !== undefined) await deleteFindings(trx, kept);
      });
    },
    stand: (record) =>
      write(async (trx) => {
        const { loop, stage, judge, standing, because, figures, at } = record;
        const newest = await trx
          .selectFrom('judge_records')
          .select('standing')
          .where('loop', '=', loop)
          .where('stage', '=', stage)
          .where('judge', '=', judge)
          .orderBy('id', 'desc')
          .executeTakeFirst();
        if ((newest?.standing ?? 'uncalibrated') === standing) return false;
        const row = { loop, stage, judge, standing, because, figures: JSON.stringify(figures), at };
        await trx.insertInto('judge_records').values(row).execute();
        await addAudit(trx, { at, kind: 'judge', body: { loop, stage, judge, standing, because } });
        return true;
      }),
    async newest(loop) {
      return (await selectNewest(read, { loop })).map(recordOf);
    },
  };
}

interface JudgedRow {
  readonly run_key: string;
  readonly stage: string;
  readonly artefact: string;
  readonly body: string;
  readonly at: number;
  readonly lately: number;
  readonly state: NonNullable<JudgedArtefact['decided']>['state'] | null;
  readonly settled_at: number | null;
  readonly words: string | null;
  readonly author: string | null;
}

/** How people decide: what is none of these has no last word. */
const DECIDED = sql`state in ('approved', 'rejected', 'edited', 'answered')`;

async function judgedArtefacts(read: Database['read'], loop: string, upTo: number): Promise<JudgedArtefact[]> {
  const { rows } = await sql<JudgedRow>`
    with newest as (
      select judgements.run_key, judgements.stage, judgements.artefact, 1 as lately
      from runs join judgements on judgements.run_key = runs.run_key
      where runs.loop = ${loop} and runs.trigger_kind <> 'eval' and judgements.author = 'verifiers'
      order by runs.opened_at desc limit ${upTo}),
    -- Few of many may be decided by people: they are looked for further back.
    decided as (
      select run_key, stage, artefact, 0 as lately from gates where loop = ${loop} and ${DECIDED}
      order by settled_at desc limit ${upTo}),
    chosen as (
      select run_key, stage, artefact, max(lately) as lately
      from (select * from newest union all select * from decided) group by run_key, stage, artefact)
    select judgements.run_key, judgements.stage, judgements.artefact, judgements.body, judgements.at, chosen.lately,
      gates.state, gates.settled_at,
      (select coalesce(note, '') || ' ' || coalesce(json_extract(body, '$.feedback'), '') from decisions
        where decisions.run_key = gates.run_key and decisions.digest = gates.digest
        order by decisions.at desc limit 1) as words,
      (select author from attempts where attempts.run_key = chosen.run_key and attempts.stage = chosen.stage
        and attempts.artefact = chosen.artefact limit 1) as author
    from chosen
      join runs on runs.run_key = chosen.run_key and runs.trigger_kind <> 'eval' and runs.erased_at is null
      join judgements on judgements.run_key = chosen.run_key and judgements.stage = chosen.stage
        and judgements.artefact = chosen.artefact and judgements.author = 'verifiers'
      -- What was shown again after an edit that came to nothing: the last word counts.
      left join gates on gates.run_key = chosen.run_key and gates.digest = (select digest from gates
        where run_key = chosen.run_key and stage = chosen.stage and artefact = chosen.artefact and ${DECIDED}
        order by settled_at desc limit 1)
    order by judgements.at desc`.execute(read);
  return rows.map((row) => {
    const { verdict, approval } = JSON.parse(row.body) as Judgement;
    return {
      runKey: row.run_key,
      stage: row.stage.slice(0, row.stage.lastIndexOf('#')),
      artefact: row.artefact,
      author: row.author ?? 'unknown',
      criteria: verdict.criteria,
      ask: approval.ask,
      lately: row.lately === 1,
      at: row.at,
      ...(row.state === null
        ? {}
        : { decided: { state: row.state, words: (row.words ?? '').trim(), at: row.settled_at ?? row.at } }),
    };
  });
}

function answerOf(row: Selectable<Tables['judge_answers']>): JudgeAnswer {
  const { loop, stage, judge, artefact, asked, at } = row;
  return {
    loop,
    stage,
    judge,
    kind: row.kind as AskedAgain,
    runKey: row.run_key,
    artefact,
    inputOf: row.input_of,
    letThrough: row.let_through === 1,
    orders: { changed: row.orders_changed, of: row.orders_of },
    asked,
    at,
  };
}

function recordOf(row: Selectable<Tables['judge_records']>): JudgeRecord {
  const { id: _id, standing, figures, ...rest } = row;
  return { ...rest, standing: standing as JudgeStanding, figures: JSON.parse(figures) as JudgeFigures };
}
