import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { ok, skipped, type Check, type DoctorSettings, type Finding } from './check.ts';
import { WORKFLOW_QUEUE } from './grpc.ts';
import type { ServerFinder } from './server.ts';

/** Queue that nobody else has a use for; it is polled for a moment. */
const QUEUE = 'loopwright-doctor';
const LOOK_EVERY_MS = 20;

/** Reports by the hour and expiries forgive this much; signatures of webhooks (300 s) and leases do not forgive the other. */
const NOTICED_MS = 5_000;
const HARMFUL_MS = 60_000;

/** How far another clock is from ours. */
interface Skew {
  /** Positive where ours is behind. */
  readonly ms: number;
  /** Half the time in which the other clock was read. */
  readonly uncertainMs: number;
  readonly of: string;
}

/** A model endpoint's `Date`, in milliseconds since 1970, read at `readAt` by our clock. */
export interface DateSeen {
  readonly of: string;
  readonly date: number;
  readonly readAt: number;
}

/** Our clock against the Temporal server's, else against those of the model endpoints. */
export function clockCheck(
  settings: DoctorSettings,
  { find }: ServerFinder,
  dates: () => Promise<readonly DateSeen[]>,
): Check {
  return {
    name: 'clock',
    run: async (signal) => {
      const server = await find();
      if (server.kind === 'up') {
        const skew = await temporalSkew(server.connection, server.namespace, settings, signal).catch(() => undefined);
        if (skew !== undefined) return judge(skew);
      }
      const [seen] = await dates();
      if (seen === undefined)
        return skipped('no other clock to compare with: neither Temporal nor a model endpoint answers');
      // A `Date` is cut to the second.
      return judge({ ms: seen.date + 500 - seen.readAt, uncertainMs: 500, of: seen.of });
    },
  };
}

/**
 * Reads the server's clock. No call of Temporal's answers the time, but it notes when a queue was last polled: we poll one
 * of our own and ask when that was. Nothing is started, and the poll is cancelled as soon as it is seen
 * (docs/decisions/2026-11-26-doctor-reads-the-servers-clock.md).
 */
async function temporalSkew(
  connection: Connection,
  namespace: string,
  { identity, now, timeoutMs }: DoctorSettings,
  signal: AbortSignal,
): Promise<Skew | undefined> {
  const { workflowService } = connection;
  const taskQueue = { name: QUEUE };
  const seen = new AbortController();
  const end = AbortSignal.any([signal, seen.signal]);
  const before = now();
  const poll = connection
    // Not by `now`: gRPC counts by the clock of the process.
    .withDeadline(Date.now() + timeoutMs, () =>
      connection.withAbortSignal(end, () => workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity })),
    )
    .then(
      () => 'over',
      () => 'over',
    );
  try {
    for (;;) {
      const { pollers } = await connection.withAbortSignal(end, () =>
        workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType: WORKFLOW_QUEUE }),
      );
      const after = now();
      const at = pollers?.find((poller) => poller.identity === identity)?.lastAccessTime;
      if (at !== undefined && at !== null) {
        const theirs = Number(at.seconds ?? 0) * 1000 + Number(at.nanos ?? 0) / 1e6;
        return { ms: theirs - (before + after) / 2, uncertainMs: (after - before) / 2, of: 'Temporal' };
      }
      // A poll that is refused never shows.
      if ((await Promise.race([poll, sleep(LOOK_EVERY_MS)])) === 'over') return undefined;
    }
  } finally {
    seen.abort();
    await poll;
  }
}

function judge({ ms, uncertainMs, of }: Skew): Finding {
  const certain = Math.max(0, Math.abs(ms) - uncertainMs);
  const seconds = (Math.abs(ms) / 1000).toFixed(certain < NOTICED_MS ? 2 : 0);
  const saw = `${seconds} s ${ms < 0 ? 'ahead of' : 'behind'} ${of} (± ${Math.ceil(uncertainMs)} ms)`;
  if (certain < NOTICED_MS) return ok(saw);
  return {
    kind: certain < HARMFUL_MS ? 'warn' : 'fail',
    saw: `${saw}: days of budgets, leases and expiries are off by that`,
    fix: "let this machine's clock be set by the network (sudo timedatectl set-ntp true), or the other one's where that is the wrong one",
  };
}
