import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { ownSearchAttributes } from '../../client/search-attributes.ts';
import { failure } from '../../contract/failures.ts';
import type { SearchAttribute } from '../../contract/names.ts';

/** A Temporal workflow execution status that means "still open". */
const RUNNING = 'RUNNING';

/** What the worker asks a cluster. */
export interface Cluster {
  readonly client: Client;
  /** Which of our search attributes the namespace has, with the right type. */
  attributes(): Promise<SearchAttribute[]>;
  /** Whether the execution chain that began with `firstRunId` is still open. */
  isOpen(workflowId: string, firstRunId: string): Promise<boolean>;
}

/** A cluster behind a worker's own connection. */
export function clusterOf(connection: NativeConnection, namespace: string): Cluster {
  const client = new Client({ connection, namespace });
  return {
    client,
    attributes: () => ownSearchAttributes(client.connection, namespace),
    async isOpen(workflowId, firstRunId) {
      try {
        const { status, raw } = await client.workflow.getHandle(workflowId).describe();
        return status.name === RUNNING && (raw.workflowExecutionInfo?.firstRunId ?? firstRunId) === firstRunId;
      } catch (error) {
        if ((error as Error).name === 'WorkflowNotFoundError') return false;
        throw failure(
          'StoreUnavailable',
          `Temporal did not say whether ${workflowId} is still open: ${(error as Error).message}`,
          {
            cause: error as Error,
          },
        );
      }
    },
  };
}
