import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { RunResult } from '../../contract/outcomes.ts';
import { usd } from '../../core/money.ts';
import { DATABASE_FILE } from '../../store/index.ts';
import { openReader } from '../../store/sqlite.ts';
import { dataConverter } from '../../worker/loop-worker.ts';
import { wedged } from '../../testing/replay.ts';

type Event = temporal.api.history.v1.IHistoryEvent;

/** What Temporal says that the store does not: another outcome or cost, an open run, a wedged task, a history that does not replay. */
export async function historyProblems(client: Client, data: string, workflowIds: readonly string[]): Promise<string[]> {
  const store = openReader(join(data, DATABASE_FILE));
  const recorded = store.prepare(
    `select outcome, (select coalesce(sum(booked), 0) from ledger l where l.run_key = r.run_key) as cost
     from runs r where workflow_id = ?`,
  );
  const problems: string[] = [];
  const histories: { workflowId: string; history: temporal.api.history.v1.IHistory }[] = [];
  for (const workflowId of workflowIds) {
    const handle = client.workflow.getHandle(workflowId);
    const { outcome, costUsd } = (await handle.result()) as RunResult;
    const row = recorded.get(workflowId) as { outcome: string; cost: number } | undefined;
    if (row?.outcome !== outcome || usd(row.cost) !== costUsd)
      problems.push(`${workflowId} says ${outcome}, ${costUsd} USD; the store says ${JSON.stringify(row)}`);
    const history = await handle.fetchHistory();
    problems.push(...wedged(history).map((why) => `${workflowId}: ${why}`));
    histories.push({ workflowId, history });
  }
  store.close();
  const workflowBundle = { code: await readFile(inject('bundle'), 'utf8') };
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, histories)) {
    if (error !== undefined) problems.push(`${workflowId} does not replay: ${error.message}`);
  }
  return problems;
}

/**
 * How long after a kill each run that was at work then was at work again, in milliseconds, by the server's own clock:
 * until the next workflow task or activity that a worker completed began. Runs that waited for a person are left out.
 */
export async function recoveries(
  client: Client,
  workflowIds: readonly string[],
  killedAt: number,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const id of workflowIds) {
    const { events } = await client.workflow.getHandle(id).fetchHistory();
    const back = backAfter(events ?? [], killedAt);
    if (back !== undefined) found.set(id, back - killedAt);
  }
  return found;
}

/** What a worker is given, and how it is over. */
const TASKS = [
  {
    done: (event: Event) => event.workflowTaskCompletedEventAttributes,
    lost: (event: Event) => event.workflowTaskTimedOutEventAttributes ?? event.workflowTaskFailedEventAttributes,
  },
  {
    done: (event: Event) => event.activityTaskCompletedEventAttributes,
    lost: (event: Event) => event.activityTaskTimedOutEventAttributes ?? event.activityTaskFailedEventAttributes,
  },
] as const;

/** When a worker first began something that it finished, after `at`; undefined where nothing was to be done at that moment. */
function backAfter(events: readonly Event[], at: number): number | undefined {
  const times = new Map(events.map((event) => [String(event.eventId), timeOf(event)]));
  const steps = events.flatMap((event) =>
    TASKS.flatMap(({ done, lost }) => {
      const ids = done(event) ?? lost(event);
      if (ids === null || ids === undefined) return [];
      const time = (id: unknown): number => times.get(String(id)) ?? 0;
      const finished = done(event) !== null && done(event) !== undefined;
      return [
        { scheduled: time(ids.scheduledEventId), started: time(ids.startedEventId), over: timeOf(event), finished },
      ];
    }),
  );
  if (!steps.some(({ scheduled, over }) => scheduled <= at && over > at)) return undefined;
  return Math.min(...steps.filter(({ finished, started }) => finished && started > at).map(({ started }) => started));
}

function timeOf({ eventTime }: Event): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + Number(eventTime?.nanos ?? 0) / 1e6;
}
