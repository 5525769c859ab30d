import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TASK_TIMEOUT } from '../contract/names.ts';

/** A workflow that a worker begins by itself, from what is on record. */
export interface StartedOnce {
  readonly type: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly input: object;
  /** What the server's own pages call it. */
  readonly summary?: string;
}

/** Starts a workflow once, whoever is killed when; false where it was started before. One that somebody has ended stays ended. */
export async function startOnce(
  client: Client,
  { type, workflowId, taskQueue, input, summary }: StartedOnce,
): Promise<boolean> {
  try {
    await client.workflow.start(type, {
      taskQueue,
      workflowId,
      args: [input],
      workflowTaskTimeout: TASK_TIMEOUT,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      ...(summary === undefined ? {} : { staticSummary: summary.slice(0, 200) }),
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
