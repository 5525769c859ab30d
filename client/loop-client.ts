import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import {
  approveSignal,
  decideUpdate,
  reviseSignal,
  statusQuery,
  type DecideReply,
  type Status,
} from '../contract/messages.ts';
import { TASK_QUEUE, TASK_TIMEOUT } from '../contract/names.ts';
import type { RunResult } from '../contract/outcomes.ts';
import type { RunOptions } from '../contract/run.ts';

/** What became of a start. */
export interface Started {
  readonly workflowId: string;
  /** True when a run with this workflow id is open already; nothing was started. */
  readonly alreadyRunning: boolean;
}

/** The one way in: starts runs and speaks to them, on any Temporal client. */
export class LoopClient {
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor(client: Client, taskQueue: string = TASK_QUEUE) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /** Starts a run; its id is `<loop>-<key>`, so the same key twice is one run. */
  async start(loop: string, key: string, input: unknown, options?: RunOptions): Promise<Started> {
    const workflowId = `${loop}-${key}`;
    try {
      await this.#client.workflow.start(loop, {
        taskQueue: this.#taskQueue,
        workflowId,
        args: options === undefined ? [input] : [input, options],
        workflowTaskTimeout: TASK_TIMEOUT,
      });
      return { workflowId, alreadyRunning: false };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return { workflowId, alreadyRunning: true };
      throw error;
    }
  }

  /** Where a run stands. */
  async status(workflowId: string): Promise<Status> {
    return await this.#client.workflow.getHandle(workflowId).query(statusQuery);
  }

  /** Waits for a run to close. @throws Temporal's `WorkflowFailedError` for a FAILED or cancelled one. */
  async result(workflowId: string): Promise<RunResult> {
    return (await this.#client.workflow.getHandle(workflowId).result()) as RunResult;
  }

  /** Decides a gate and hears whether it counted. @throws Temporal's `WorkflowUpdateFailedError` with the reason when refused. */
  async decide(workflowId: string, decision: Readonly<Record<string, unknown>>): Promise<DecideReply> {
    return await this.#client.workflow.getHandle(workflowId).executeUpdate(decideUpdate, { args: [decision] });
  }

  /** Approves what `digest` stands for, without waiting for an answer. */
  async approve(workflowId: string, by: string, digest: string): Promise<void> {
    await this.#client.workflow.getHandle(workflowId).signal(approveSignal, { by, digest });
  }

  /** Puts `output` in the place of what `digest` stands for, and approves it with that. */
  async correct(workflowId: string, by: string, digest: string, output: unknown): Promise<void> {
    await this.#client.workflow.getHandle(workflowId).signal(reviseSignal, { by, digest, output, approve: true });
  }
}
