import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Status } from '../contract/messages.ts';

/** A query that no worker answers would wait for ten seconds. */
const QUERY_MS = 4000;

/** What a run says of itself; undefined where no worker answers for it within a few seconds. */
export async function statusOf(client: Client, handle: WorkflowHandle): Promise<Status | undefined> {
  try {
    return await client.withDeadline(Date.now() + QUERY_MS, () => handle.query<Status>('status'));
  } catch {
    return undefined;
  }
}
