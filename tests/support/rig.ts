import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type WorkflowHandle, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { expect, inject, onTestFinished } from 'vitest';
import type { Dependencies, InstallationCaps, LoopEntry, Route, RouteLimits } from '../../activities/dependencies.ts';
import { LessonIndex } from '../../activities/lesson-index.ts';
import { sourceReader } from '../../activities/sources/index.ts';
import type { Telemetry } from '../../activities/telemetry.ts';
import { openAiEndpoint, type OpenAiOptions } from '../../activities/models/openai.ts';
import { TASK_TIMEOUT, type SearchAttribute } from '../../contract/names.ts';
import type { RunResult } from '../../contract/outcomes.ts';
import type { Status } from '../../contract/messages.ts';
import type { Price } from '../../core/money.ts';
import type { Loop } from '../../loops/define/index.ts';
import { DATABASE_FILE, openStore } from '../../store/index.ts';
import type { Store } from '../../store/ports.ts';
import { adoptHarness } from '../../worker/adopt-harness.ts';
import { clusterOf } from '../../worker/cluster/cluster.ts';
import { filesIn } from '../../worker/files.ts';
import { histories } from '../../testing/replay.ts';
import { createLoopWorker, dataConverter } from '../../worker/loop-worker.ts';
import { improveEntry } from '../../worker/own-loops/improve.ts';
import { runStarter } from '../../worker/run-starter.ts';
import { candidateMistakes } from '../../worker/load/candidate-mistakes.ts';
import { parseHarness } from '../../worker/load/harness.ts';
import { FakeOpenAi, type FakeManner, type Script } from './fake-openai.ts';
import { Replayer } from './replayer.ts';
import { inSharedThreads } from './shared-threads.ts';

/** What a test sets up. */
export interface RigOptions {
  readonly loops: readonly { readonly loop: Loop; readonly harness?: string }[];
  /** What the fake model server answers on route `default` (model `fake-1`) and `judge` (model `fake-judge`). */
  readonly script?: Script;
  /** In what the fake model server differs from OpenAI's. */
  readonly manner?: FakeManner;
  /** How its routes ask: through the Responses API and no other, unless said otherwise. */
  readonly asks?: Pick<OpenAiOptions, 'api' | 'report'>;
  readonly prices?: Readonly<Record<string, Price>>;
  readonly caps?: InstallationCaps;
  /** Private addresses that HTTP sources may reach. */
  readonly allowPrivate?: readonly string[];
  /** Variables with tokens that sources name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The embedded learner; without it, one that fails. */
  readonly learner?: Dependencies['learner'];
  /** Keys whose signed decisions count; none by default. */
  readonly decisionKeys?: Dependencies['decisionKeys'];
  /** Limits of the route `default`. */
  readonly limits?: RouteLimits;
  /** Adds a route `proposer` (model `fake-2`) with these limits. */
  readonly proposer?: RouteLimits;
  readonly maxEvents?: number;
  /** Failures after which a verifier that breaks is given up; each takes the server about a second. */
  readonly patience?: number;
  readonly now?: () => number;
  /** Whether it has the loop that improves loops. */
  readonly improves?: true;
  /** Search attributes that the worker believes the cluster has; asked by default. */
  readonly attributes?: readonly SearchAttribute[];
  /** CLI flags in the commands that runs show. */
  readonly connection?: string;
  /** Who watches its runs; what it starts, its own test stops. */
  readonly telemetry?: (store: Store) => Telemetry;
  /** Another server than the test run's own. */
  readonly server?: NativeConnection;
}

/** A worker on the real server with a real store and a real HTTP model server, for one test. Every run it starts is replayed at the end. */
export interface Rig {
  readonly client: Client;
  readonly store: Store;
  readonly model: FakeOpenAi;
  readonly deps: Dependencies;
  readonly loops: Dependencies['loops'];
  readonly folder: string;
  readonly taskQueue: string;
  readonly start: (
    type: string,
    input: unknown,
    options?: unknown,
    workflowId?: string,
  ) => Promise<WorkflowHandleWithFirstExecutionRunId>;
  /** Starts a run and waits for its result. */
  readonly run: (type: string, input: unknown, options?: unknown) => Promise<RunResult>;
  /** The newest run under a workflow id that something else started, e.g. a schedule; it is replayed at the end too. */
  readonly adopt: (workflowId: string) => Promise<WorkflowHandle>;
  /** Waits until the run's open gate differs from `not`. */
  readonly gate: (handle: WorkflowHandle, not?: string) => Promise<Status>;
  /** Rows of the store. */
  readonly rows: (sql: string) => Promise<Readonly<Record<string, unknown>>[]>;
  /** Resets a run (default: the latest of its workflow) to before the end of a workflow task and returns the run that goes on, which is replayed at the end too. */
  readonly reset: (handle: WorkflowHandle, taskFinishEventId: EventId, runId?: string) => Promise<WorkflowHandle>;
}

/** An event's number, as the server gives it. */
export type EventId = NonNullable<temporal.api.history.v1.IHistoryEvent['eventId']>;

Runtime.install({ logger: new DefaultLogger('WARN') });

let count = 0;
let connecting: Promise<NativeConnection> | undefined;
let bundle: Promise<string> | undefined;
let replayer: Replayer | undefined;

/** The run's one connection to the test server. */
export function connect(): Promise<NativeConnection> {
  connecting ??= NativeConnection.connect({ address: inject('temporal') });
  return connecting;
}

/** Sets everything up and, when the test ends, replays, checks and takes it down. Concurrent tests pass their own `onTestFinished`. */
export async function rig(options: RigOptions, atTheEnd: typeof onTestFinished = onTestFinished): Promise<Rig> {
  const connection = options.server ?? (await connect());
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-rig-'));
  await copyFile(inject('newStore'), join(folder, DATABASE_FILE));
  const store = await openStore(folder, process.pid);
  const model = new FakeOpenAi(options.script ?? [], options.manner);
  const baseUrl = await model.listen();
  const taskQueue = `test-${process.pid}-${(count += 1)}`;
  const cluster = clusterOf(connection, 'default');
  const deps = {
    ...(await dependencies(options, store, baseUrl, cluster)),
    files: filesIn(join(folder, 'reports')),
    ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry(store) }),
  };
  const workflowBundle = { code: await bundleCode() };
  const worker = await inSharedThreads(() =>
    createLoopWorker({
      connection,
      namespace: 'default',
      deps,
      bundle: workflowBundle,
      taskQueue,
      shutdownGraceMs: 1000,
    }),
  );
  const running = worker.run();
  const client = new Client({ connection, dataConverter });
  const started: WorkflowHandle[] = [];
  let starts = 0;
  atTheEnd(async () => {
    worker.shutdown();
    await running;
    replayer ??= new Replayer({ workflowBundle, dataConverter });
    for await (const recorded of histories(client, started)) await replayer.replay(recorded);
    await store.close();
    await model.close();
    await rm(folder, { recursive: true, force: true });
    expect(model.complaints).toEqual([]);
  });
  const start: Rig['start'] = async (type, input, runOptions, workflowId = `${type}-${taskQueue}-${(starts += 1)}`) => {
    const args = runOptions === undefined ? [input] : [input, runOptions];
    const handle = await client.workflow.start(type, {
      taskQueue,
      workflowId,
      args,
      workflowTaskTimeout: TASK_TIMEOUT,
    });
    started.push(client.workflow.getHandle(workflowId, handle.firstExecutionRunId));
    return handle;
  };
  const reset: Rig['reset'] = async ({ workflowId }, taskFinishEventId, given) => {
    const runId = given ?? (await client.workflow.getHandle(workflowId).describe()).runId;
    const { runId: next } = await client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId, runId },
      reason: 'a test',
      workflowTaskFinishEventId: taskFinishEventId,
      requestId: randomUUID(),
    });
    const handle = client.workflow.getHandle(workflowId, next);
    started.push(handle);
    return handle;
  };
  return {
    client,
    store,
    model,
    deps,
    loops: deps.loops,
    folder,
    taskQueue,
    start,
    adopt: async (workflowId) => {
      const { runId } = await client.workflow.getHandle(workflowId).describe();
      const handle = client.workflow.getHandle(workflowId, runId);
      started.push(handle);
      return handle;
    },
    reset,
    rows: async (sql) => [...(await store.facts.query(sql))],
    run: async (type, input, runOptions) => (await (await start(type, input, runOptions)).result()) as RunResult,
    gate: (handle, not) =>
      until(
        () => handle.query<Status>('status'),
        (status) => status.gateDigest !== undefined && status.gateDigest !== not,
      ),
  };
}

function proposerRoutes({ proposer: limits }: RigOptions, route: Route): [string, Route][] {
  return limits === undefined || route.kind === 'local' ? [] : [['proposer', { ...route, limits }]];
}

async function dependencies(
  options: RigOptions,
  store: Store,
  baseUrl: string,
  cluster: ReturnType<typeof clusterOf>,
): Promise<Omit<Dependencies, 'files'>> {
  const loops = new Map<string, LoopEntry>();
  if (options.improves === true) {
    const improve = await improveEntry(store, options.now ?? Date.now);
    await adoptHarness(store, improve, { at: 0 });
    loops.set(improve.loop.name, improve);
  }
  for (const { loop, harness: text } of options.loops) {
    const harness = parseHarness(text, `${loop.name}/harness.yaml`);
    await adoptHarness(store, { loop, harness }, { at: 0 });
    loops.set(loop.name, { loop, harness, folder: tmpdir() });
  }
  const endpoint = (model: string): Route => ({
    kind: 'endpoint',
    endpoint: openAiEndpoint({ model, apiKey: 'test', baseUrl, ...(options.asks ?? { api: 'responses' }) }),
  });
  return {
    store,
    loops,
    routes: new Map<string, Route>([
      ['default', { ...endpoint('fake-1'), ...(options.limits === undefined ? {} : { limits: options.limits }) }],
      ['strong', endpoint('fake-2')],
      ['judge', endpoint('fake-judge')],
      ...proposerRoutes(options, endpoint('fake-2')),
      ['local', { kind: 'local' }],
    ]),
    prices: {
      models:
        options.prices ??
        Object.fromEntries(
          ['fake-1', 'fake-2', 'fake-judge'].map((name) => [name, { inputUsdPerMillion: 1, outputUsdPerMillion: 2 }]),
        ),
    },
    caps: options.caps ?? { tenants: {} },
    harnessMistakes: (entry, body) => candidateMistakes(entry, body, undefined),
    report: () => {},
    learner: options.learner ?? {
      model: 'local-test',
      answer: () => Promise.reject(new Error('no learner in this test')),
    },
    lessons: new LessonIndex(store.lessons),
    decisionKeys: options.decisionKeys ?? new Map(),
    documents: async () => [],
    sources: sourceReader(
      { allowPrivate: options.allowPrivate ?? [] },
      { path: process.env['PATH'], secret: (name) => options.secrets?.[name] },
    ),
    executions: cluster,
    starter: runStarter(cluster.client),
    attributes: options.attributes ?? (await cluster.attributes()),
    connection: options.connection ?? '',
    maxEvents: options.maxEvents ?? 4000,
    patience: { firstMs: 1, longestMs: 10, failures: options.patience ?? 12 },
    now: options.now ?? Date.now,
  };
}

function bundleCode(): Promise<string> {
  bundle ??= readFile(inject('bundle'), 'utf8');
  return bundle;
}

/** Asks again every 20 ms until the answer is right; gives up after 20 s with the last answer. */
export async function until<T>(ask: () => Promise<T>, right: (answer: T) => boolean, timeoutMs = 20_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (Date.now() > end) throw new Error(`Still not right after ${timeoutMs} ms: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
