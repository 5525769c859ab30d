import { Worker, type NativeConnection, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
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

/** A worker for every loop in `deps`. */
export function createLoopWorker(options: LoopWorkerOptions): Promise<Worker> {
  return Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue ?? TASK_QUEUE,
    workflowBundle: options.bundle,
    activities: createActivities(options.deps),
    dataConverter,
    maxCachedWorkflows: 1000,
    ...workerTimeouts,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
    shutdownGraceTime: options.shutdownGraceMs ?? SHUTDOWN_GRACE,
    ...versioning(options.deployment),
  });
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
