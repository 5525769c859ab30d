import type { Client, WorkflowHandle } from '@temporalio/client';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** `temporal.api.enums.v1.WorkflowTaskFailedCause`s that are no fault of the workflow: a message came while it closed, a reset. */
const HARMLESS: readonly unknown[] = [1, 17, 20];

/** What wedged a run for a while, if anything did. */
export function wedged(history: History): string[] {
  return (history.events ?? [])
    .map(({ workflowTaskFailedEventAttributes: failed }) => failed)
    .filter((failed) => failed !== null && failed !== undefined && !HARMLESS.includes(failed.cause ?? 0))
    .map((failed) => failed?.failure?.message ?? 'a workflow task failed');
}

/** What an execution did, as a replay takes it. */
export interface Recorded {
  readonly workflowId: string;
  readonly history: History;
}

/** The histories of executions, each with the whole chain of its continue-as-new. @throws Error where a workflow task had failed. */
export async function* histories(client: Client, started: readonly WorkflowHandle[]): AsyncGenerator<Recorded, void> {
  for (const handle of started) {
    const { workflowId } = handle;
    let current: WorkflowHandle | undefined = handle;
    while (current !== undefined) {
      const history: History = await current.fetchHistory();
      const [failed] = wedged(history);
      if (failed !== undefined) throw new Error(`A workflow task of ${workflowId} failed: ${failed}`);
      yield { workflowId, history };
      const next: string | null | undefined =
        history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
      current = next === undefined || next === null ? undefined : client.workflow.getHandle(workflowId, next);
    }
  }
}

/**
 * Replays executions on a bundle, each with the whole chain of its continue-as-new.
 * @throws Error where a workflow task had failed, and the SDK's `DeterminismViolationError` where the code no longer does what the history says.
 */
export async function replayAll(
  client: Client,
  started: readonly WorkflowHandle[],
  options: ReplayWorkerOptions,
): Promise<void> {
  for await (const { error } of Worker.runReplayHistories(options, histories(client, started)))
    if (error !== undefined) throw error;
}
