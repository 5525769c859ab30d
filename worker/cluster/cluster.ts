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
  /** Workflow ids of loops under which something runs, as Temporal lists them: what began or ended in the last moment may be missing. */
  running(loops: readonly string[]): Promise<ReadonlySet<string>>;
  /** Open runs on a task queue whose workflow tasks keep failing, as Temporal reports them; nothing where the server is too old to. */
  wedged(taskQueue: string): Promise<WedgedRun[]>;
}

/** A run that does not go on until somebody mends it: its code throws, or no longer fits its history. */
export interface WedgedRun {
  readonly loop: string;
  readonly workflowId: string;
  readonly runId: string;
  /** In Temporal's words, e.g. `WorkflowTaskFailedCauseNonDeterministicError`. */
  readonly cause: string;
}

/** So many are named at most; more are a matter for whoever looks after the cluster. */
const MOST_WEDGED = 100;

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
    running: (loops) => runningIds(client, loops),
    wedged: (taskQueue) => wedgedRuns(client, taskQueue),
  };
}

/** As many executions as Temporal lists at once. */
const PAGE = 1000;

async function runningIds(client: Client, loops: readonly string[]): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const types = loops.map((loop) => `'${loop}'`).join(', ');
  const query = `ExecutionStatus = 'Running' and WorkflowType in (${types})`;
  for await (const { workflowId } of client.workflow.list({ query, pageSize: PAGE })) ids.add(workflowId);
  return ids;
}

/** Open runs on a task queue whose workflow tasks keep failing. */
export async function wedgedRuns(client: Client, taskQueue: string): Promise<WedgedRun[]> {
  const query = `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running' and TemporalReportedProblems is not null`;
  const found: WedgedRun[] = [];
  try {
    for await (const { type, workflowId, runId, searchAttributes } of client.workflow.list({ query })) {
      const problems = (searchAttributes['TemporalReportedProblems'] ?? []) as unknown[];
      found.push({ loop: type, workflowId, runId, cause: problems.map(String).join(', ') });
      if (found.length === MOST_WEDGED) break;
    }
  } catch (error) {
    // Servers before 1.30 have no such attribute.
    if (/TemporalReportedProblems/.test(String((error as Error).cause ?? error))) return [];
    throw error;
  }
  return found;
}
