import { sql, type Kysely } from 'kysely';
import type { ApprovalState } from '../contract/approvals.ts';
import type { AuditedOutput } from '../contract/autonomy.ts';
import { ERASED } from '../contract/erasure.ts';
import type { Manifest } from '../contract/context.ts';
import type { Outcome } from '../contract/outcomes.ts';
import type { Trigger } from '../contract/run.ts';
import type {
  ClusterFacts,
  ContextFacts,
  GateFacts,
  RunFacts,
  ShownFacts,
  VerdictFacts,
} from '../contract/shown-facts.ts';
import type { Database } from './group-commit.ts';
import type { Judgement } from './ports.ts';
import type { Tables } from './schema.ts';

/** What is on record about the newest runs of loops, for their reviews. */
export interface ReviewFacts {
  /** Facts of the newest closed runs of a loop; `upTo` bounds how many. Runs of cases and duplicates do not count. */
  of(loop: string, upTo: number): Promise<Omit<ShownFacts, 'now' | 'judges' | 'answers'>>;
  /** What people did with the newest outputs of a loop that an audit drew, newest first. */
  audited(loop: string, upTo: number): Promise<readonly AuditedOutput[]>;
}

/** What is on record about the newest runs of loops, in SQL. */
export function sqlReviewFacts({ read }: Database): ReviewFacts {
  return {
    async of(loop, upTo) {
      const [runs, verdicts, gates, contexts, clusters, uncertain, startsLoops] = await Promise.all([
        runsOf(read, loop, upTo),
        verdictsOf(read, loop, upTo),
        gatesOf(read, loop, upTo),
        contextsOf(read, loop, upTo),
        clustersOf(read, loop),
        uncertainOf(read, loop, upTo),
        startsLoopsOf(read, loop),
      ]);
      return { runs, verdicts, gates, contexts, clusters, uncertain, startsLoops };
    },
    audited: (loop, upTo) => auditedOf(read, loop, upTo),
  };
}

/** The newest closed runs of a loop, as the rest of a statement calls them. */
function newest(loop: string, upTo: number) {
  return sql`newest as materialized (
    select run_key, workflow_id, outcome, reason, trigger, budget, opened_at from runs
    where loop = ${loop} and trigger_kind <> 'eval' and closed_at is not null and duplicate_of is null
    order by opened_at desc, run_key limit ${upTo})`;
}

async function runsOf(read: Kysely<Tables>, loop: string, upTo: number): Promise<RunFacts[]> {
  const { rows } = await sql<{
    run_key: string;
    workflow_id: string;
    outcome: string;
    reason: string | null;
    trigger: string;
    budget: number;
    cost: number | null;
  }>`with ${newest(loop, upTo)}
    select newest.*, (select spent + reserved from budgets where id = 'run:' || newest.run_key) as cost from newest`.execute(
    read,
  );
  return rows.map((row) => ({
    runKey: row.run_key,
    workflowId: row.workflow_id,
    outcome: row.outcome as Outcome,
    reason: row.reason ?? '',
    trigger: JSON.parse(row.trigger) as Trigger,
    budgetMicroUsd: row.budget,
    costMicroUsd: row.cost ?? 0,
  }));
}

/** What a person said of the artefact of a judgement: yes where it was approved as it was, no where it was not. */
const PERSON = sql<'yes' | 'no' | null>`(
  select case g.state when 'approved' then 'yes' else 'no' end from gates g
  where g.run_key = judgements.run_key and g.artefact = judgements.artefact
    and g.state in ('approved', 'edited', 'answered', 'rejected') limit 1)`;

async function verdictsOf(read: Kysely<Tables>, loop: string, upTo: number): Promise<VerdictFacts[]> {
  const { rows } = await sql<{
    run_key: string;
    workflow_id: string;
    stage: string;
    body: string;
    person: 'yes' | 'no' | null;
  }>`with ${newest(loop, upTo)}
    select newest.run_key, newest.workflow_id, judgements.stage, judgements.body, ${PERSON} as person
    from newest cross join judgements on judgements.run_key = newest.run_key
    where judgements.author = 'verifiers'
    order by newest.opened_at desc, newest.run_key, judgements.at`.execute(read);
  return rows.map(({ run_key: runKey, workflow_id: workflowId, stage, body, person }) => {
    const { verdict } = JSON.parse(body) as Judgement;
    return {
      runKey,
      workflowId,
      // The same stage used again is the same verifiers again.
      stage: stage.replace(/#\d+$/, ''),
      verdict: verdict.verdict,
      criteria: verdict.criteria.map((criterion) => ({ name: criterion.name, verdict: criterion.verdict })),
      ...(person === null ? {} : { person }),
    };
  });
}

/** Whether a row of `gates` is its gate's first version: what people made of it themselves says nothing of the loop. */
const FIRST = sql<boolean>`not exists (select 1 from gates as earlier
  where earlier.run_key = gates.run_key and earlier.gate = gates.gate
    and (earlier.opened_at < gates.opened_at or (earlier.opened_at = gates.opened_at and earlier.rowid < gates.rowid)))`;

async function gatesOf(read: Kysely<Tables>, loop: string, upTo: number): Promise<GateFacts[]> {
  const { rows } = await sql<{
    run_key: string;
    workflow_id: string;
    gate: string;
    audit: number;
    state: string;
    opened_at: number;
    settled_at: number | null;
  }>`with ${newest(loop, upTo)}
    select newest.run_key, newest.workflow_id, gates.gate, gates.audit, gates.state, gates.opened_at, gates.settled_at
    from newest cross join gates on gates.run_key = newest.run_key
    where gates.state <> 'open' and ${FIRST}
    order by newest.opened_at desc, newest.run_key, gates.opened_at`.execute(read);
  return rows.map((row) => ({
    runKey: row.run_key,
    workflowId: row.workflow_id,
    gate: row.gate,
    audit: row.audit === 1,
    state: row.state as ApprovalState,
    waitedMs: (row.settled_at ?? row.opened_at) - row.opened_at,
  }));
}

async function contextsOf(read: Kysely<Tables>, loop: string, upTo: number): Promise<ContextFacts[]> {
  const { rows } = await sql<{ run_key: string; workflow_id: string; body: string }>`with ${newest(loop, upTo)}
    select newest.run_key, newest.workflow_id, artefacts.body
    from newest cross join contexts on contexts.run_key = newest.run_key
    join artefacts on artefacts.digest = contexts.manifest
    order by newest.opened_at desc, newest.run_key`.execute(read);
  return rows.map(({ run_key: runKey, workflow_id: workflowId, body }) => {
    const { parts, dropped } = JSON.parse(body) as Manifest;
    const sources = (list: readonly { readonly source: string }[]): string[] => [
      // A part may have a title of its own after its source's name.
      ...new Set(list.map(({ source }) => source.replace(/: .*$/s, ''))),
    ];
    return {
      runKey,
      workflowId,
      given: sources(parts),
      dropped: sources(dropped.filter(({ tokens }) => tokens > 0)),
      silent: sources(dropped.filter(({ tokens }) => tokens === 0)),
    };
  });
}

async function clustersOf(read: Kysely<Tables>, loop: string): Promise<ClusterFacts[]> {
  const { rows } = await sql<{
    cluster: string;
    failures: number;
    oldest_at: number;
    newest_at: number;
    proposed: number;
    runs: string;
  }>`select failures.cluster, count(*) as failures, min(failures.at) as oldest_at, max(failures.at) as newest_at,
      exists (select 1 from candidates where candidates.loop = ${loop}
        and json_extract(candidates.manifest, '$.cluster') = failures.cluster) as proposed,
      json_group_array(json_object('workflowId', runs.workflow_id, 'runKey', runs.run_key)) as runs
    from failures join runs on runs.run_key = failures.run_key
    where failures.loop = ${loop} and failures.cluster <> ${ERASED}
    group by failures.cluster order by failures desc limit 100`.execute(read);
  return rows.map((row) => ({
    cluster: row.cluster,
    failures: row.failures,
    oldestAt: row.oldest_at,
    newestAt: row.newest_at,
    proposed: row.proposed === 1,
    runs: (JSON.parse(row.runs) as ClusterFacts['runs']).toReversed(),
  }));
}

async function uncertainOf(
  read: Kysely<Tables>,
  loop: string,
  upTo: number,
): Promise<ShownFacts['uncertain'][number][]> {
  const { rows } = await sql<{ runKey: string; workflowId: string; effect: string }>`with ${newest(loop, upTo)}
    select newest.run_key as "runKey", newest.workflow_id as "workflowId", effects.name as effect
    from newest cross join effects on effects.run_key = newest.run_key
    where effects.state = 'begun' order by newest.opened_at desc, newest.run_key`.execute(read);
  return rows;
}

async function startsLoopsOf(read: Kysely<Tables>, loop: string): Promise<boolean> {
  const one = await read.selectFrom('starts').select('origin').where('started_by', '=', loop).limit(1).execute();
  return one.length > 0;
}

async function auditedOf(read: Kysely<Tables>, loop: string, upTo: number): Promise<AuditedOutput[]> {
  const { rows } = await sql<{ run_key: string; harness: string; state: string }>`
    select gates.run_key, runs.harness, gates.state
    from gates join runs on runs.run_key = gates.run_key
    where gates.loop = ${loop} and gates.audit = 1 and gates.state <> 'open'
      and gates.state in ('approved', 'edited', 'answered', 'rejected') and ${FIRST}
    order by gates.settled_at desc limit ${upTo}`.execute(read);
  return rows.map((row) => ({ runKey: row.run_key, harness: row.harness, accepted: row.state === 'approved' }));
}
