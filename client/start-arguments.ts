import type { Client } from '@temporalio/client';
import { payloadReader } from './payloads.ts';

/** What a run was started with; each is undefined where it was not given or cannot be read. */
export interface StartArguments {
  readonly input: unknown;
  readonly options: unknown;
}

/** Reads from a run's first event what it was started with. Without `runId` it is the newest run under the id. */
export async function startArguments(
  client: Client,
  execution: { readonly workflowId: string; readonly runId?: string },
): Promise<StartArguments> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution,
    maximumPageSize: 1,
  });
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const read = payloadReader(client);
  return { input: await read(payloads), options: await read(payloads.slice(1)) };
}
