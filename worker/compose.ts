import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { NativeConnection, Worker } from '@temporalio/worker';
import type { Dependencies, LoopEntry } from '../activities/dependencies.ts';
import { LessonIndex } from '../activities/lesson-index.ts';
import { sweep } from '../activities/sweep.ts';
import { SEARCH_ATTRIBUTES, type SearchAttribute } from '../contract/names.ts';
import { canonicalJson } from '../core/canonical.ts';
import { startGateway, type Gateway } from '../gateway/serve.ts';
import { digestOf, openStore } from '../store/index.ts';
import type { Store } from '../store/ports.ts';
import { cachedBundle } from './bundle.ts';
import { clusterOf, type Cluster } from './cluster.ts';
import { readModelConfig, type ModelConfig } from './config.ts';
import { filesIn } from './files.ts';
import { openFolderLoops } from './folder-loops.ts';
import { canLearn, lazyLearner } from './lazy-learner.ts';
import { chooseLearner } from './learner.ts';
import { createLoopWorker, type LoopWorkerOptions } from './loop-worker.ts';
import { documentReader, ownLoops, pinnedIntents } from './loops.ts';
import { refuseUnchecked } from './review/refuse.ts';
import { triageDataset } from './triage-dataset.ts';

/** How often the record is held against Temporal, in milliseconds. */
const SWEEP_EVERY_MS = 30_000;

/** Default of {@link ComposeOptions.maxEvents}: Temporal itself suggests continue-as-new at 4,096. */
const MAX_EVENTS = 4000;

/** What a worker is composed of. */
export interface ComposeOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  /** The data folder; this process owns it until the worker stops. */
  readonly data: string;
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** CLI flags that reach the cluster; empty where the CLI's defaults do. */
  readonly connectionFlags: string;
  /** Folder of loops to run in place of the project's own. */
  readonly loops?: string;
  readonly deployment?: LoopWorkerOptions['deployment'];
  readonly report: (text: string) => void;
}

/** A worker that runs. */
export interface RunningWorker {
  readonly deps: Dependencies;
  readonly cluster: Cluster;
  /** Resolves when the worker has stopped, rejects when it failed. */
  readonly done: Promise<void>;
  /** Takes no more work, lets calls in flight finish, and closes the store. */
  stop(): Promise<void>;
}

/** Composes a worker from the environment and starts it, and the gateway through which commands ask for what the store knows. */
export async function startWorker(options: ComposeOptions): Promise<RunningWorker> {
  const { pid } = process;
  const store = await openStore(options.data, pid);
  let gateway: Gateway | undefined;
  try {
    gateway = await startGateway(options.data, { store, pid, token: randomBytes(32).toString('hex') });
    const cluster = clusterOf(options.connection, options.namespace);
    const config = await readModelConfig(options.env, options.report);
    const source = await loopSource(options, config);
    const deps = await dependencies(options, { store, cluster, config, source });
    warnOfAttributes(deps.attributes, options);
    const worker = await createLoopWorker({
      connection: options.connection,
      namespace: options.namespace,
      deps,
      bundle: source.bundle,
      ...(options.deployment === undefined ? {} : { deployment: options.deployment }),
    });
    return run(worker, deps, cluster, gateway, options);
  } catch (error) {
    await gateway?.stop();
    await store.close();
    throw error;
  }
}

function run(
  worker: Worker,
  deps: Dependencies,
  cluster: Cluster,
  gateway: Gateway,
  { report }: ComposeOptions,
): RunningWorker {
  const timer = setInterval(() => {
    sweep(deps).catch((error: unknown) =>
      report(`Sweeper: ${(error as Error).message}; it tries again in ${SWEEP_EVERY_MS / 1000} s.`),
    );
  }, SWEEP_EVERY_MS);
  const done = runAndClose(worker, gateway, deps.store).finally(() => clearInterval(timer));
  return {
    deps,
    cluster,
    done,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await done;
    },
  };
}

async function runAndClose(worker: Worker, gateway: Gateway, store: Store): Promise<void> {
  try {
    await worker.run();
  } finally {
    await gateway.stop();
    await store.close();
  }
}

/** The loops that a worker runs, and the bundle with their workflows. */
interface LoopSource {
  readonly loops: ReadonlyMap<string, LoopEntry>;
  readonly bundle: { readonly code: string };
}

/** The loops of the folder that was named, else the project's own. */
async function loopSource(options: ComposeOptions, { models }: ModelConfig): Promise<LoopSource> {
  const { env, cacheDir, data, report, loops: folder } = options;
  if (folder !== undefined) return await openFolderLoops({ folder, cwd: process.cwd(), cacheDir, models, report });
  const dataset = { env, cacheDir, download: false, report };
  const intents = await pinnedIntents(data, async () => (await triageDataset(dataset)).intents);
  const loops = await ownLoops(intents);
  // A folder's loops were asked when they were loaded.
  await refuseUnchecked(loops.values(), { models, documents: documentReader(), now: Date.now() });
  return { loops, bundle: await cachedBundle(cacheDir) };
}

interface Composed {
  readonly store: Store;
  readonly cluster: Cluster;
  readonly config: ModelConfig;
  readonly source: LoopSource;
}

async function dependencies(options: ComposeOptions, composed: Composed): Promise<Dependencies> {
  const { env, cacheDir, report } = options;
  const { store, cluster, config, source } = composed;
  for (const { loop, harness } of source.loops.values()) {
    await store.harnesses.adopt(loop.name, harness, digestOf(canonicalJson(harness)), Date.now());
  }
  const learner = { env, cacheDir, data: options.data, report };
  const learns = [...source.loops.values()].some(({ loop }) => canLearn(loop));
  return {
    store,
    files: filesIn(join(options.data, 'reports')),
    loops: source.loops,
    routes: config.routes,
    prices: config.prices,
    learner: learns ? await chooseLearner(learner) : lazyLearner(learner),
    lessons: new LessonIndex(store.lessons),
    documents: documentReader(),
    executions: { isOpen: (workflowId, firstRunId) => cluster.isOpen(workflowId, firstRunId) },
    attributes: await cluster.attributes(),
    connection: options.connectionFlags,
    maxEvents: MAX_EVENTS,
    now: Date.now,
  };
}

/** Says once, with the command, which search attributes the cluster lacks. Runs go on without. */
function warnOfAttributes(known: readonly SearchAttribute[], { report, connectionFlags }: ComposeOptions): void {
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !known.includes(name as SearchAttribute));
  if (missing.length === 0) return;
  const flags = missing.map(([name, type]) => `--name ${name} --type ${type}`).join(' ');
  report(
    `The cluster lacks search attributes; runs go on without them. Add them, then restart the worker:\n  temporal operator search-attribute create${connectionFlags} ${flags}`,
  );
}
