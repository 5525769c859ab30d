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
import type { HarnessVersion, Store } from '../store/ports.ts';
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
import { keepLooking } from './keep-looking.ts';
import { WatchedLoops } from './watched-loops.ts';

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
  /** Take changes in that folder while at work. */
  readonly watch?: boolean;
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
    const source = await loopSource(options, config, store);
    const deps = await dependencies(options, { store, cluster, config, source });
    warnOfAttributes(deps.attributes, options);
    const worker = await createLoopWorker({
      connection: options.connection,
      namespace: options.namespace,
      deps,
      bundle: source.bundle,
      ...(options.deployment === undefined ? {} : { deployment: options.deployment }),
    });
    return run(worker, deps, cluster, { ...options, gateway, watched: source.watched });
  } catch (error) {
    await gateway?.stop();
    await store.close();
    throw error;
  }
}

interface RunOptions extends ComposeOptions {
  readonly gateway: Gateway;
  readonly watched: WatchedLoops | undefined;
}

function run(
  worker: Worker,
  deps: Dependencies,
  cluster: Cluster,
  { report, gateway, watched }: RunOptions,
): RunningWorker {
  const watching = watched === undefined ? undefined : keepLooking(watched, report);
  const timer = setInterval(() => {
    sweep(deps).catch((error: unknown) =>
      report(`Sweeper: ${(error as Error).message}; it tries again in ${SWEEP_EVERY_MS / 1000} s.`),
    );
  }, SWEEP_EVERY_MS);
  const close = async (): Promise<void> => {
    clearInterval(timer);
    await watching?.stop();
    await gateway.stop();
    await deps.store.close();
  };
  const done = runAndClose(worker, close);
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

async function runAndClose(worker: Worker, close: () => Promise<void>): Promise<void> {
  try {
    await worker.run();
  } finally {
    await close();
  }
}

/** The loops that a worker runs, and the bundle with their workflows. */
interface LoopSource {
  readonly watched?: WatchedLoops;
  readonly loops: ReadonlyMap<string, LoopEntry>;
  readonly bundle: { readonly code: string };
}

/** The loops of the folder that was named, else the project's own. */
async function loopSource(options: ComposeOptions, { models }: ModelConfig, store: Store): Promise<LoopSource> {
  const { env, cacheDir, data, report, loops: folder } = options;
  if (folder !== undefined) {
    const base = { folder, cwd: process.cwd(), models, report };
    const opened = await openFolderLoops({ ...base, cacheDir });
    if (options.watch !== true) return opened;
    const watched = new WatchedLoops({
      ...base,
      ...opened,
      adopt: async (found) => (await adopt(store, found)).version,
      openRuns: async (name) => (await store.runs.unclosed()).filter(({ loop }) => loop === name).length,
    });
    return { loops: watched.entries, bundle: opened.bundle, watched };
  }
  const dataset = { env, cacheDir, download: false, report };
  const intents = await pinnedIntents(data, async () => (await triageDataset(dataset)).intents);
  const loops = await ownLoops(intents);
  // A folder's loops were asked when they were loaded.
  await refuseUnchecked(loops.values(), { models, documents: documentReader(), now: Date.now() });
  return { loops, bundle: await cachedBundle(cacheDir) };
}

function adopt({ harnesses }: Store, { loop, harness }: LoopEntry): Promise<HarnessVersion> {
  return harnesses.adopt(loop.name, harness, digestOf(canonicalJson(harness)), Date.now());
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
  for (const entry of source.loops.values()) await adopt(store, entry);
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
    documents: documentReader(options.watch),
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
