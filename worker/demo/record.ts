import { join } from 'node:path';
import { DATABASE_FILE } from '../../store/index.ts';
import { openReader } from '../../store/sqlite.ts';

/** A gate that waits for somebody. */
export interface OpenGate {
  readonly runKey: string;
  readonly workflowId: string;
  readonly digest: string;
  /** What is to be decided. */
  readonly output: Triage;
}

/** An output of `supportTriage`. */
export interface Triage {
  readonly intent: string;
  readonly confidence: number;
  readonly reply: string;
}

/** A run that closed. */
export interface ClosedRun {
  readonly workflowId: string;
  readonly outcome: string;
  /** What was acted on. */
  readonly output: Triage | undefined;
  readonly decided: boolean;
  readonly audit: boolean;
  /** What the generator answered first. */
  readonly predicted: string | undefined;
  /** Whether the second reader said no to it. */
  readonly doubted: boolean;
  readonly costMicroUsd: number;
}

const OPEN_GATES = `
  select g.run_key as runKey, r.workflow_id as workflowId, g.digest, a.body
  from gates g join runs r on r.run_key = g.run_key join artefacts a on a.digest = g.artefact
  where r.closed_at is null and r.rowid > ?
    and not exists (select 1 from decisions d where d.run_key = g.run_key and d.digest = g.digest)`;

const CLOSED_RUNS = `
  select r.workflow_id as workflowId, r.outcome, a.body,
    exists (select 1 from decisions d where d.run_key = r.run_key) as decided,
    exists (select 1 from gates g where g.run_key = r.run_key and g.audit = 1) as audit,
    (select b.body from attempts t join artefacts b on b.digest = t.artefact where t.run_key = r.run_key and t.attempt = 1) as first,
    exists (select 1 from judgements j, json_each(j.body, '$.verdict.criteria') c where j.run_key = r.run_key
      and j.author = 'verifiers' and c.value ->> 'name' = 'second-reader' and c.value ->> 'verdict' = 'fail') as doubted,
    coalesce((select spent + reserved from budgets where id = 'run:' || r.run_key), 0) as cost
  from runs r left join artefacts a on a.digest = r.artefact
  where r.closed_at is not null and r.loop = 'supportTriage' and r.rowid > ?`;

/** What the store says about a demo, read beside the worker that owns it: about runs that were opened after this was called. */
export function readRecord(data: string) {
  const database = openReader(join(data, DATABASE_FILE));
  const closed = database.prepare(CLOSED_RUNS);
  const gates = database.prepare(OPEN_GATES);
  const one = (sql: string): number => Number(database.prepare(sql).get()?.['n'] ?? 0);
  const since = one('select coalesce(max(rowid), 0) as n from runs');
  return {
    openGates: (): OpenGate[] =>
      gates.all(since).map((row) => ({
        runKey: String(row['runKey']),
        workflowId: String(row['workflowId']),
        digest: String(row['digest']),
        output: JSON.parse(String(row['body'])) as Triage,
      })),
    closedRuns: (): ClosedRun[] => closed.all(since).map(closedOf),
    closedIds: (): string[] =>
      database
        .prepare(`select workflow_id as id from runs where closed_at is not null and rowid > ?`)
        .all(since)
        .map((row) => String(row['id'])),
    /** Messages that were acted on more than once, and decisions that left more than one example: both must be none. */
    doubled: (): number =>
      one(`select count(*) - count(distinct body ->> 'ticket') as n from outbox where topic = 'labels'`) +
      one(
        `select count(*) as n from (select 1 from lessons where kind = 'example' group by run_key having count(*) > 1)`,
      ),
    examples: () =>
      database
        .prepare(
          `select id, input ->> 'text' as text, output ->> 'intent' as label, run_key as runKey from lessons where kind = 'example' and loop = 'supportTriage' order by id`,
        )
        .all()
        .map((row) => ({
          id: Number(row['id']),
          text: String(row['text']),
          label: String(row['label']),
          runKey: String(row['runKey']),
        })),
    /** Workflow id of every run, by run key. */
    workflowIds: (): Map<string, string> =>
      new Map(
        database
          .prepare('select run_key as runKey, workflow_id as id from runs')
          .all()
          .map((row) => [String(row['runKey']), String(row['id'])]),
      ),
    close: (): void => database.close(),
  };
}

/** What the store says about a demo. */
export type DemoRecord = ReturnType<typeof readRecord>;

function closedOf(row: Record<string, unknown>): ClosedRun {
  const triage = (value: unknown): Triage | undefined =>
    typeof value === 'string' ? (JSON.parse(value) as Triage) : undefined;
  return {
    workflowId: String(row['workflowId']),
    outcome: String(row['outcome']),
    output: triage(row['body']),
    decided: row['decided'] === 1,
    audit: row['audit'] === 1,
    predicted: triage(row['first'])?.intent,
    doubted: row['doubted'] === 1,
    costMicroUsd: Number(row['cost']),
  };
}
