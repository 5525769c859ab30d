import { Worker, type NativeConnection, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
import { modelQueue } from '../activities/elsewhere.ts';
import { createActivities } from '../activities/index.ts';
import type { Dependencies } from '../activities/dependencies.ts';
import { TASK_QUEUE } from '../contract/names.ts';
import { ownPath } from './package/own-module.ts';

/** A converter that never wedges a run over a payload it cannot read; clients need not use it. */
export const dataConverter = { payloadConverterPath: ownPath('workflows/payload-converter') };

/** Longest step plus some: on shutdown calls in flight may finish, because giving one up means paying it twice. */
const SHUTDOWN_GRACE = '320s';

/** What a worker is made of. */
export interface LoopWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly deps: Dependencies;
  readonly bundle: WorkflowBundle;
  /** Default `loops`. */
  readonly taskQueue?: string;
  /** Worker Versioning: a deployment's name and this build's id. Off by default. */
  readonly deployment?: { readonly name: string; readonly buildId: string };
  /** How long calls in flight may take to finish on shutdown; default 320 s. */
  readonly shutdownGraceMs?: number;
}

/** Timeouts with which another worker takes over within seconds when this one is killed. */
export const workerTimeouts = {
  // A killed worker's cache is given up after a second, not ten.
  stickyQueueScheduleToStartTimeout: '1s',
  // A heartbeat timeout of 3 s needs beats that are not held back for long.
  maxHeartbeatThrottleInterval: '1s',
  shutdownGraceTime: SHUTDOWN_GRACE,
} as const;

/** A worker for every loop in `deps`, and one more for the queue of each model route that has limits. */
export async function createLoopWorker(options: LoopWorkerOptions): Promise<LoopWorker> {
  const { deps, taskQueue = TASK_QUEUE } = options;
  const activities = createActivities(deps);
  const common = {
    connection: options.connection,
    namespace: options.namespace,
    activities,
    dataConverter,
    ...workerTimeouts,
    activityTaskPollerBehavior: { type: 'autoscaling' },
    shutdownGraceTime: options.shutdownGraceMs ?? SHUTDOWN_GRACE,
    ...versioning(options.deployment),
  } satisfies Partial<WorkerOptions>;
  const loops = await Worker.create({
    ...common,
    taskQueue,
    workflowBundle: options.bundle,
    maxCachedWorkflows: 1000,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
  });
  const limited = [...deps.routes].flatMap(([name, route]) =>
    route.kind === 'endpoint' && route.limits !== undefined ? [{ name, limits: route.limits }] : [],
  );
  const models = limited.map(({ name, limits: { concurrent, perMinute } }) =>
    Worker.create({
      ...common,
      taskQueue: modelQueue(taskQueue, name),
      ...(concurrent === undefined ? {} : { maxConcurrentActivityTaskExecutions: concurrent }),
      ...(perMinute === undefined ? {} : { maxTaskQueueActivitiesPerSecond: perMinute / 60 }),
    }),
  );
  return new LoopWorker([loops, ...(await Promise.all(models))]);
}

/** Workers that begin and end together. */
export class LoopWorker {
  readonly #workers: readonly Worker[];

  constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  /** Resolves when all have stopped. @throws what one of them failed with, once the others have stopped. */
  async run(): Promise<void> {
    const running = this.#workers.map(async (worker) => {
      try {
        await worker.run();
      } finally {
        this.shutdown();
      }
    });
    const failed = (await Promise.allSettled(running)).find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Takes no more work and lets calls in flight finish. */
  shutdown(): void {
    for (const worker of this.#workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }

  /** State of the loops' worker. */
  getState(): ReturnType<Worker['getState']> {
    return this.#workers[0]?.getState() ?? 'STOPPED';
  }
}

function versioning(deployment: LoopWorkerOptions['deployment']): Partial<WorkerOptions> {
  if (deployment === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName: deployment.name, buildId: deployment.buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
