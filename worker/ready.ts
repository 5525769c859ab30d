import { resolve } from 'node:path';
import { IMPROVE, TASK_QUEUE } from '../contract/names.ts';

/** What `up --json` and `worker --json` print when everything is ready. */
export interface Ready {
  readonly ready: true;
  readonly temporal: string;
  /** Of Temporal's web UI, where this process has started one. */
  readonly ui?: string;
  /** Address of the gateway, where webhooks come in. */
  readonly gateway: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Absolute. */
  readonly data: string;
  /** Names of the loops that it runs; `improve`, which every worker runs, is not said. */
  readonly loops: readonly string[];
}

/** A worker that polls, in one line. */
export function readyLine({
  data,
  loops,
  ...where
}: Omit<Ready, 'ready' | 'taskQueue' | 'loops'> & { readonly loops: ReadonlyMap<string, unknown> }): Ready {
  const names = [...loops.keys()].filter((name) => name !== IMPROVE);
  return { ready: true, ...where, taskQueue: TASK_QUEUE, data: resolve(data), loops: names };
}
