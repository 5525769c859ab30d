import type { Dependencies } from '../activities/dependencies.ts';
import type { Cluster } from './cluster/cluster.ts';
import { compose, type ComposeOptions, type Composition } from './compose.ts';
import { createLoopWorker, type LoopWorker, type LoopWorkerOptions } from './loop-worker.ts';

/** How to start a worker. */
export interface StartOptions extends ComposeOptions {
  readonly deployment?: LoopWorkerOptions['deployment'];
}

/** A worker that runs. */
export interface RunningWorker {
  readonly deps: Dependencies;
  readonly cluster: Cluster;
  /** Address of the gateway. */
  readonly gateway: string;
  /** Names of those who may send webhooks. */
  readonly hooks: readonly string[];
  /** Names of the channels through which people are told what waits for them. */
  readonly channels: readonly string[];
  /** Resolves when the worker has stopped, rejects when it failed. */
  readonly done: Promise<void>;
  /** Takes no more work, lets calls in flight finish, and closes the store. */
  stop(): Promise<void>;
}

/** Composes a worker from the environment and starts it. */
export async function startWorker(options: StartOptions): Promise<RunningWorker> {
  const composition = await compose(options);
  const { deps, cluster, bundle, gateway, hooks, channels } = composition;
  const { connection, namespace, deployment } = options;
  const worker = await createLoopWorker({
    connection,
    namespace,
    deps,
    bundle,
    ...(deployment === undefined ? {} : { deployment }),
  }).catch(async (error: unknown) => {
    await composition.close();
    throw error;
  });
  const done = runAndClose(worker, composition);
  return {
    deps,
    cluster,
    gateway,
    hooks,
    channels,
    done,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await done;
    },
  };
}

async function runAndClose(worker: LoopWorker, composition: Composition): Promise<void> {
  try {
    await worker.run();
  } finally {
    await composition.close();
  }
}
