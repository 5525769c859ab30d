import type { RunRecord } from '../../contract/run-record.ts';
import type { RunSummary } from '../../contract/record.ts';
import { eventsOf } from './events.ts';
import { moment } from '../figures.ts';
import type { Beginning, Cost, Ending, Story, TemporalFacts } from './story.ts';

/** A run that Temporal knows. */
type Known = Extract<TemporalFacts, { kind: 'known' }>;

/**
 * The story of a run, from what the record and Temporal know; undefined where neither knows it. Where Temporal's run
 * is another, later one than the record's, the story is of that one: it never got as far as the record.
 */
export function storyOf(record: RunRecord | undefined, temporal: TemporalFacts): Story | undefined {
  if (temporal.kind === 'known' && (record === undefined || isLater(temporal, record)))
    return unopened(temporal, record);
  if (record === undefined) return undefined;
  const { run } = record;
  return {
    workflowId: run.workflowId,
    loop: run.loop,
    runKey: run.runKey,
    firstRunId: run.firstRunId,
    notes: notesOf(record, temporal),
    began: beganOf(record),
    events: eventsOf(record),
    cost: costOf(record),
    lessons: record.lessons,
    ended: endedOf(record, temporal),
    others: record.others,
  };
}

function isLater(temporal: Known, { run }: RunRecord): boolean {
  return temporal.firstRunId !== run.firstRunId && temporal.startedAt > run.openedAt;
}

/** A run that is not on record: it failed before it could be opened, or nobody has opened it yet. */
function unopened(temporal: Known, record: RunRecord | undefined): Story {
  const { workflowId, loop, firstRunId, startedAt, input, trigger } = temporal;
  const others = record === undefined ? [] : [summaryOf(record), ...record.others];
  return {
    workflowId,
    loop,
    firstRunId,
    notes: ['This run is not on record in this data folder; what is told here is what Temporal knows.'],
    began: {
      at: startedAt,
      ...(trigger === undefined ? {} : { trigger }),
      ...(input === undefined ? {} : { input }),
      dryRun: false,
    },
    events: [],
    lessons: [],
    ended: unopenedEnd(temporal),
    others,
  };
}

/** A run in one line: what a record knows of it beyond that is left out. */
function summaryOf({ run }: RunRecord): RunSummary {
  const {
    firstRunId: _first,
    workKey: _work,
    budgetMicroUsd: _budget,
    watermark: _mark,
    asOf: _asOf,
    ...summary
  } = run;
  return summary;
}

function unopenedEnd({ status, failure, closedAt, live }: Known): Ending {
  const at = closedAt === undefined ? {} : { at: closedAt };
  if (failure !== undefined) return { kind: 'failed', ...failure, ...at };
  if (status !== 'RUNNING') return { kind: 'gone', status, ...at };
  return live?.state === 'awaitingDecision'
    ? { kind: 'waiting', because: live.gateBecause ?? '', live }
    : { kind: 'running', ...(live === undefined ? {} : { live }) };
}

function beganOf({ run, input }: RunRecord): Beginning {
  return {
    at: run.openedAt,
    trigger: run.trigger,
    ...(input === undefined ? {} : { input }),
    workKey: run.workKey,
    harness: run.harness,
    budgetMicroUsd: run.budgetMicroUsd,
    watermark: run.watermark,
    dryRun: run.dryRun,
  };
}

function raisedOf(raises: RunRecord['raises'], budget: string): number {
  return raises.filter((raise) => raise.budget === budget).reduce((sum, raise) => sum + raise.microUsd, 0);
}

function costOf({ run, calls, raises }: RunRecord): Cost {
  return {
    microUsd: run.costMicroUsd,
    budgetMicroUsd: run.budgetMicroUsd + raisedOf(raises, `run:${run.runKey}`),
    calls,
    uncertain: calls.filter(({ state }) => state === 'uncertain').length,
  };
}

function endedOf({ run, gates }: RunRecord, temporal: TemporalFacts): Ending {
  const known = temporal.kind === 'known' && temporal.firstRunId === run.firstRunId ? temporal : undefined;
  if (run.outcome !== undefined) {
    const odd =
      known === undefined || ['COMPLETED', 'RUNNING'].includes(known.status) ? {} : { temporal: known.status };
    return {
      kind: 'closed',
      outcome: run.outcome,
      reason: run.reason ?? '',
      at: run.closedAt ?? run.openedAt,
      ...(run.duplicateOf === undefined ? {} : { duplicateOf: run.duplicateOf }),
      ...odd,
    };
  }
  if (known !== undefined && known.status !== 'RUNNING') return unopenedEnd(known);
  if (temporal.kind === 'unknown' || (temporal.kind === 'known' && known === undefined))
    return { kind: 'unknown', why: 'Temporal has no such run (any more), and its record was never closed' };
  const live = known?.live === undefined ? {} : { live: known.live };
  if ((known?.live?.state ?? run.state) === 'awaitingBudget') return { kind: 'short', ...live };
  const waits = known?.live === undefined ? run.state === 'awaitingDecision' : known.live.state === 'awaitingDecision';
  if (!waits) return { kind: 'running', ...live };
  return { kind: 'waiting', because: known?.live?.gateBecause ?? gates.at(-1)?.because ?? '', ...live };
}

function notesOf({ run, contexts, attempts, others }: RunRecord, temporal: TemporalFacts): string[] {
  const open = run.outcome === undefined;
  return [
    ...(run.erasedAt === undefined
      ? []
      : [
          `Erased on ${moment(run.erasedAt)}: what it was given, made and said is gone; what it cost and how it ended is not.`,
        ]),
    ...(others.length === 0
      ? []
      : [
          `${others.length} other run${others.length === 1 ? ' is' : 's are'} on record under this workflow id; tell one with --run-id.`,
        ]),
    ...(temporal.kind === 'unreachable'
      ? [`Temporal could not be asked (${temporal.why}); this is from the record.`]
      : []),
    ...(temporal.kind === 'unknown' && !open ? ['Temporal has forgotten this run; this is from the record.'] : []),
    ...(temporal.kind === 'known' && open && temporal.status === 'RUNNING' && temporal.live === undefined
      ? ['No worker answered for the run just now; this is from the record.']
      : []),
    ...(attempts.length > 0 && contexts.length === 0 && run.erasedAt === undefined
      ? ['What it was given is not on record: an older version opened it.']
      : []),
  ];
}
