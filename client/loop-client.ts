import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes, WorkflowNotFoundError } from '@temporalio/common';
import {
  approveSignal,
  decideUpdate,
  raiseBudgetUpdate,
  reviseSignal,
  statusQuery,
  type DecideArgument,
  type DecideReply,
  type RaiseBudgetArgument,
  type RaiseBudgetReply,
  type Status,
} from '../contract/messages.ts';
import { TASK_QUEUE, TASK_TIMEOUT, type SearchAttribute } from '../contract/names.ts';
import type { RunResult } from '../contract/outcomes.ts';
import type { RunOptions } from '../contract/run.ts';
import { ownSearchAttributes } from './search-attributes.ts';

/** Field of a run's memo with what it was started for. */
const ORIGIN = 'LoopOrigin';

const LOOP_STATE = defineSearchAttributeKey('LoopState', 'KEYWORD');

/** What became of a start. */
export interface Started {
  readonly workflowId: string;
  /** Temporal's run id of what was started; absent where nothing was. */
  readonly runId?: string;
  /** True when a run with this workflow id is open already; nothing was started. */
  readonly alreadyRunning: boolean;
}

/** The one way in: starts runs and speaks to them, on any Temporal client. */
export class LoopClient {
  readonly #client: Client;
  readonly #taskQueue: string;
  #attributes: Promise<TypedSearchAttributes> | undefined;

  constructor(client: Client, taskQueue: string = TASK_QUEUE) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /**
   * Starts a run; its id is `<loop>-<key>`, so the same key twice is one run. `origin` is what it is started for, kept
   * in its memo: {@link originOf} says it.
   */
  async start(loop: string, key: string, input: unknown, options?: RunOptions, origin?: string): Promise<Started> {
    const workflowId = `${loop}-${key}`;
    try {
      const { firstExecutionRunId } = await this.#client.workflow.start(loop, {
        taskQueue: this.#taskQueue,
        workflowId,
        args: options === undefined ? [input] : [input, options],
        workflowTaskTimeout: TASK_TIMEOUT,
        typedSearchAttributes: await (this.#attributes ??= this.#startAttributes()),
        ...(origin === undefined ? {} : { memo: { [ORIGIN]: origin } }),
      });
      return { workflowId, runId: firstExecutionRunId, alreadyRunning: false };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return { workflowId, alreadyRunning: true };
      throw error;
    }
  }

  /**
   * What the newest run under a workflow id was started for; undefined where there is none, or nobody said. Whoever does not
   * know whether a start of theirs arrived asks this before they start again, because a closed run is no obstacle to
   * another one.
   */
  async originOf(workflowId: string): Promise<string | undefined> {
    try {
      const { memo } = await this.#client.workflow.getHandle(workflowId).describe();
      const origin: unknown = memo?.[ORIGIN];
      return typeof origin === 'string' ? origin : undefined;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** What a run is found by from its start: it saves the run an upsert. A cluster that lacks the attribute, or does not tell, would refuse it, so there it is left out. */
  async #startAttributes(): Promise<TypedSearchAttributes> {
    const { connection, options } = this.#client;
    const known = await ownSearchAttributes(connection, options.namespace).catch((): SearchAttribute[] => {
      // It may be away for a moment: the next start asks again.
      this.#attributes = undefined;
      return [];
    });
    if (!known.includes('LoopState')) return new TypedSearchAttributes([]);
    return new TypedSearchAttributes([{ key: LOOP_STATE, value: 'running' }]);
  }

  /** Where a run stands. */
  async status(workflowId: string): Promise<Status> {
    return await this.#client.workflow.getHandle(workflowId).query(statusQuery);
  }

  /** Waits for a run to close. @throws Temporal's `WorkflowFailedError` for a FAILED or cancelled one. */
  async result(workflowId: string): Promise<RunResult> {
    return (await this.#client.workflow.getHandle(workflowId).result()) as RunResult;
  }

  /**
   * Decides a gate and hears whether it counted. `of` is the chain of runs that is meant, by its first run id, where
   * others may have run under the same workflow id since.
   * @throws Temporal's `WorkflowUpdateFailedError` with the reason when refused; `WorkflowNotFoundError` where the run is
   * closed; an error of gRPC where nobody answers in `timeoutMs` (default: for ever).
   */
  async decide(
    workflowId: string,
    decision: DecideArgument,
    of: { readonly firstRunId?: string; readonly timeoutMs?: number } = {},
  ): Promise<DecideReply> {
    const { firstRunId, timeoutMs } = of;
    const handle = this.#client.workflow.getHandle(
      workflowId,
      undefined,
      firstRunId === undefined ? {} : { firstExecutionRunId: firstRunId },
    );
    const decide = (): Promise<DecideReply> => handle.executeUpdate(decideUpdate, { args: [decision] });
    return timeoutMs === undefined ? await decide() : await this.#client.withDeadline(Date.now() + timeoutMs, decide);
  }

  /** Adds to the cap that a run waits at. @throws as {@link decide}. */
  async raise(workflowId: string, raise: RaiseBudgetArgument, timeoutMs: number): Promise<RaiseBudgetReply> {
    const handle = this.#client.workflow.getHandle(workflowId);
    const raised = (): Promise<RaiseBudgetReply> => handle.executeUpdate(raiseBudgetUpdate, { args: [raise] });
    return await this.#client.withDeadline(Date.now() + timeoutMs, raised);
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
