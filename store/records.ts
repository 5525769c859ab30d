import type { Kysely, Selectable } from 'kysely';
import type { ApprovalState } from '../contract/approvals.ts';
import type { Manifest } from '../contract/context.ts';
import type { Decision } from '../contract/messages.ts';
import { RECORD_TEXT_CHARACTERS, type RecordQuery, type RunRecord } from '../contract/run-record.ts';
import type { ErasedNames } from './erased-names.ts';
import type { Database } from './group-commit.ts';
import type { Judgement, PassedOver, Records } from './ports.ts';
import { selectSummaries, summaryOf } from './run-summaries.ts';
import type { Tables } from './schema.ts';

/** What is told of a run, without the run itself and its namesakes. */
type Told = Omit<RunRecord, 'run' | 'others'>;

type Run = Selectable<Tables['runs']>;

/** What is on record about one run, in SQL. */
export function sqlRecords({ read }: Database, names: ErasedNames): Records {
  return { find: (query) => find(read, query, names) };
}

async function find(
  database: Kysely<Tables>,
  { run, runId }: RecordQuery,
  names: ErasedNames,
): Promise<RunRecord | undefined> {
  // Who asks by the old name of a run whose name was erased still finds it.
  const called = [run, names.of(run) ?? run];
  const rows = await selectSummaries(database, (runs) =>
    runs
      .where((row) => row.or([row('workflow_id', 'in', called), row('run_key', '=', run)]))
      .orderBy('opened_at', 'desc')
      .orderBy('run_key'),
  ).execute();
  const row = rows.find(({ run_key, first_run_id }) => runId === undefined || [run_key, first_run_id].includes(runId));
  if (row === undefined) return undefined;
  return {
    run: {
      ...summaryOf(row),
      firstRunId: row.first_run_id,
      workKey: row.work_key,
      budgetMicroUsd: row.budget,
      watermark: row.watermark,
      asOf: row.as_of,
    },
    ...(await told(database, row)),
    others: rows.filter((other) => other !== row).map(summaryOf),
  };
}

async function told(database: Kysely<Tables>, run: Run): Promise<Told> {
  const [input, contexts, attempts, judgements, gates, decisions, effects, calls, lessons, raises] = await Promise.all([
    textOf(database, run.input),
    contextsOf(database, run),
    attemptsOf(database, run),
    judgementsOf(database, run),
    gatesOf(database, run),
    decisionsOf(database, run),
    effectsOf(database, run),
    callsOf(database, run),
    lessonsOf(database, run),
    raisesOf(database, run),
  ]);
  return { input, contexts, attempts, judgements, gates, decisions, effects, calls, lessons, raises };
}

async function textOf(database: Kysely<Tables>, digest: string): Promise<string | undefined> {
  const row = await database.selectFrom('artefacts').select('body').where('digest', '=', digest).executeTakeFirst();
  return cut(row?.body);
}

function cut(text: string | null | undefined): string | undefined {
  return text?.slice(0, RECORD_TEXT_CHARACTERS);
}

async function contextsOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['contexts']> {
  const rows = await database
    .selectFrom('contexts')
    .innerJoin('artefacts', 'artefacts.digest', 'contexts.manifest')
    .select(['contexts.stage', 'contexts.at', 'artefacts.body'])
    .where('contexts.run_key', '=', run.run_key)
    .orderBy('contexts.at')
    .execute();
  return rows.map(({ stage, at, body }) => {
    const { parts, ...manifest } = JSON.parse(body) as Manifest;
    const mutable = parts.map(({ lessons, ...part }) =>
      lessons === undefined ? part : { ...part, lessons: [...lessons] },
    );
    return { stage, at, manifest: { ...manifest, dropped: [...manifest.dropped], parts: mutable } };
  });
}

async function attemptsOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['attempts']> {
  const rows = await database
    .selectFrom('attempts')
    .leftJoin('artefacts', 'artefacts.digest', 'attempts.artefact')
    .select(['stage', 'attempt', 'artefact', 'author', 'at', 'body', 'strategy', 'strategy_because', 'passed_over'])
    .where('run_key', '=', run.run_key)
    .orderBy('at')
    .orderBy('attempt')
    .execute();
  return rows.map(({ body, strategy, strategy_because: because, passed_over: passed, ...attempt }) => ({
    ...attempt,
    output: cut(body),
    ...(strategy === null ? {} : { changed: { strategy, because: because ?? '' } }),
    ...(passed === null ? {} : { passedOver: JSON.parse(passed) as PassedOver[] }),
  }));
}

async function judgementsOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['judgements']> {
  const rows = await database
    .selectFrom('judgements')
    .select(['stage', 'artefact', 'author', 'at', 'body'])
    .where('run_key', '=', run.run_key)
    .orderBy('at')
    .execute();
  return rows.map(({ body, ...judgement }) => {
    const { verdict, approval } = JSON.parse(body) as Judgement;
    const { criteria, notAsked, ...graded } = verdict;
    const told = { ...graded, criteria: [...criteria], ...(notAsked === undefined ? {} : { notAsked: [...notAsked] }) };
    return { ...judgement, verdict: told, approval };
  });
}

async function gatesOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['gates']> {
  const rows = await database
    .selectFrom('gates')
    .select(['gate', 'digest', 'stage', 'artefact', 'audit', 'because', 'opened_at as openedAt', 'state', 'need'])
    .where('run_key', '=', run.run_key)
    .orderBy('opened_at')
    .execute();
  return rows.map(({ audit, state, ...gate }) => ({ ...gate, audit: audit === 1, state: state as ApprovalState }));
}

async function decisionsOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['decisions']> {
  const rows = await database
    .selectFrom('decisions')
    .selectAll()
    .where('run_key', '=', run.run_key)
    .orderBy('at')
    .execute();
  return rows.map(({ gate, digest, at, body }) => {
    const { decision, by, identity, note, feedback, output } = JSON.parse(body) as Partial<Decision> & {
      readonly decision: RunRecord['decisions'][number]['decision'];
    };
    return { gate, digest, decision, by, identity, note, feedback, output, at };
  });
}

/** Effects of the run's work. Another run of the same work may have done them. */
async function effectsOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['effects']> {
  const prefix = `${run.work_key}/`;
  const rows = await database
    .selectFrom('effects')
    .selectAll()
    .where('key', '>=', prefix)
    .where('key', '<', `${run.work_key}0`)
    .orderBy('begun_at')
    .execute();
  return rows
    .filter(({ key, name }) => key === prefix + name)
    .map((row) => ({
      name: row.name,
      key: row.key,
      runKey: row.run_key,
      artefact: row.artefact,
      state: row.state as 'begun' | 'done',
      result: cut(row.result),
      begunAt: row.begun_at,
      ...(row.done_at === null ? {} : { doneAt: row.done_at }),
    }));
}

async function callsOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['calls']> {
  const rows = await database
    .selectFrom('ledger')
    .selectAll()
    .where('run_key', '=', run.run_key)
    .orderBy('at')
    .orderBy('activity_attempt')
    .execute();
  return rows.map((row) => ({
    stage: row.stage,
    attempt: row.attempt,
    call: row.call,
    model: row.model,
    state: row.state as 'held' | 'settled' | 'uncertain' | 'released',
    reservedMicroUsd: row.reserved,
    bookedMicroUsd: row.booked,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    at: row.at,
  }));
}

async function raisesOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['raises']> {
  const rows = await database
    .selectFrom('budget_raises')
    .select(['budget', 'micro_usd as microUsd', 'by', 'reason', 'identity', 'at'])
    .where('run_key', '=', run.run_key)
    .orderBy('at')
    .execute();
  return rows.map(({ identity, ...raise }) => ({
    ...raise,
    identity: identity === 'signed' ? identity : 'unverified',
  }));
}

async function lessonsOf(database: Kysely<Tables>, run: Run): Promise<RunRecord['lessons']> {
  const rows = await database
    .selectFrom('lessons')
    .select(['id', 'kind', 'text', 'source', 'by', 'created_at'])
    .where('run_key', '=', run.run_key)
    .orderBy('id')
    .execute();
  return rows.map(({ by, created_at: at, ...lesson }) => ({ ...lesson, ...(by === null ? {} : { by }), at }));
}
