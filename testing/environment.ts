import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { LoopClient } from '../client/loop-client.ts';
import type { DecideArgument, DecideReply, Status } from '../contract/messages.ts';
import type { RunResult } from '../contract/outcomes.ts';
import type { RunOptions } from '../contract/run.ts';
import { createLoopWorker, dataConverter } from '../worker/loop-worker.ts';
import type { NotedEffect } from './noted-effects.ts';
import type { NotedStart } from './noted-starts.ts';
import type { TestOptions } from './options.ts';
import { replayAll } from './replay.ts';
import type { ScriptedModel } from './scripted-model.ts';
import { testServer } from './server.ts';
import { testDependencies } from './test-dependencies.ts';

/** How often a run is asked whether it waits for a person, in milliseconds. */
const LOOK_EVERY_MS = 200;

/**
 * A real Temporal server, a real store and a worker with the loops of a folder, for one test file. Everything that was
 * started is replayed when it closes, so that a change of workflow code that would break runs in flight fails the test.
 */
export class TestEnvironment implements AsyncDisposable {
  readonly client: LoopClient;
  /** Effects that runs would have done, in order; empty with `realEffects`. */
  readonly effects: readonly NotedEffect[];
  /** Runs that effects started with `loops.start`, in order; only with `realEffects`. They run here, and are replayed too. */
  readonly started: readonly NotedStart[];
  readonly #parts: Parts;
  readonly #started: WorkflowHandle[] = [];
  #keys = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.client = new LoopClient(parts.client, parts.taskQueue);
    this.effects = parts.effects;
    this.started = parts.started;
  }

  /** @throws Error listing every mistake in the loops, or why there is no Temporal server. */
  static async create(options: TestOptions): Promise<TestEnvironment> {
    const folder = await mkdtemp(join(tmpdir(), 'loopwright-test-'));
    const opened: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
    try {
      return new TestEnvironment(await raise(options, folder, opened));
    } catch (error) {
      for (const close of opened.toReversed()) await close();
      throw error;
    }
  }

  /** Starts a run and returns its workflow id. */
  async start(loop: string, input: unknown, options?: RunOptions): Promise<string> {
    const { workflowId, runId } = await this.client.start(loop, `test-${(this.#keys += 1)}`, input, options);
    this.#started.push(this.#parts.client.workflow.getHandle(workflowId, runId));
    return workflowId;
  }

  /**
   * Starts a run and waits for its result.
   * @throws Error where it waits for a person, and Temporal's `WorkflowFailedError` for one that ends FAILED.
   */
  async run(loop: string, input: unknown, options?: RunOptions): Promise<RunResult> {
    const workflowId = await this.start(loop, input, options);
    const over = new AbortController();
    const result = this.client.result(workflowId).finally(() => over.abort());
    return await Promise.race([result, this.#asksNobody(workflowId, over.signal)]);
  }

  /** Rejects once a run waits for a person: whoever waits for its result would wait for ever. */
  async #asksNobody(workflowId: string, over: AbortSignal): Promise<never> {
    for (;;) {
      await pause(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => new Promise<never>(() => {}));
      const { gate, gateBecause } = await this.client
        .status(workflowId)
        .catch(() => ({ gate: undefined, gateBecause: '' }));
      if (gate !== undefined)
        throw new Error(
          `${workflowId} waits for a person at ${gate}, because ${gateBecause}. Start it with start(), then decide().`,
        );
    }
  }

  /** Waits until a run asks a person, and returns what it shows. */
  async gate(workflowId: string): Promise<Status & { readonly gateDigest: string }> {
    const end = performance.now() + this.#parts.timeoutMs;
    for (;;) {
      const status = await this.client.status(workflowId);
      if (status.gateDigest !== undefined) return { ...status, gateDigest: status.gateDigest };
      if (status.outcome !== undefined || performance.now() > end) {
        const why = status.outcome === undefined ? `is ${status.state}` : `ended ${status.outcome}: ${status.reason}`;
        throw new Error(`Expected ${workflowId} to ask a person, but it ${why}.`);
      }
      await pause(20);
    }
  }

  /** Decides what a run's open gate shows. */
  async decide(workflowId: string, decision: Omit<DecideArgument, 'by' | 'digest'>): Promise<DecideReply> {
    const { gateDigest } = await this.gate(workflowId);
    return await this.client.decide(workflowId, { by: 'test@example.com', digest: gateDigest, ...decision });
  }

  /**
   * Stops the worker, replays everything that was started, and takes it all down.
   * @throws Error where a replay fails, or a scripted model was asked more than it had answers for.
   */
  async close(): Promise<void> {
    const { client, bundle, models } = this.#parts;
    try {
      await this.#parts.stopWorker();
      const others = this.started.map(({ workflowId }) => client.workflow.getHandle(workflowId));
      await replayAll(client, [...this.#started, ...others], { workflowBundle: bundle, dataConverter });
      const [complaint] = models.flatMap(({ complaints }) => complaints);
      if (complaint !== undefined) throw new Error(complaint);
    } finally {
      await this.#parts.stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

interface Parts {
  readonly client: Client;
  readonly taskQueue: string;
  readonly bundle: { readonly code: string };
  readonly effects: NotedEffect[];
  readonly started: NotedStart[];
  readonly models: readonly ScriptedModel[];
  readonly timeoutMs: number;
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything; what was opened is noted in `opened`, so that it is closed again whatever comes. */
async function raise(options: TestOptions, folder: string, opened: (() => Promise<unknown>)[]): Promise<Parts> {
  const server = await testServer(options.address, folder);
  opened.push(() => server.stop());
  const { connection } = server;
  const effects: NotedEffect[] = [];
  const started: NotedStart[] = [];
  const { deps, bundle } = await testDependencies(options, { connection, folder, effects, started });
  opened.push(() => deps.store.close());
  const taskQueue = `loopwright-test-${process.pid}-${(queues += 1)}`;
  const worker = await createLoopWorker({
    connection,
    namespace: 'default',
    deps,
    bundle,
    taskQueue,
    shutdownGraceMs: 1000,
  });
  const running = worker.run();
  const stopWorker = async (): Promise<void> => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
  };
  opened.push(stopWorker);
  return {
    client: new Client({ connection, dataConverter }),
    taskQueue,
    bundle,
    effects,
    started,
    models: Object.values(options.models ?? {}),
    timeoutMs: options.timeoutMs ?? 20_000,
    stopWorker,
    stop: async () => {
      for (const close of opened.toReversed()) await close();
    },
  };
}

let queues = 0;
