import type { Client } from '@temporalio/client';
import type { RunStarter } from '../activities/dependencies.ts';
import { LoopClient } from '../client/loop-client.ts';

/** Starts runs on a cluster, on the queue that each is asked for on. */
export function runStarter(client: Client): RunStarter {
  const clients = new Map<string, LoopClient>();
  const on = (taskQueue: string): LoopClient => {
    const known = clients.get(taskQueue) ?? new LoopClient(client, taskQueue);
    clients.set(taskQueue, known);
    return known;
  };
  return {
    start: ({ loop, key, input, options, origin, taskQueue }) => on(taskQueue).start(loop, key, input, options, origin),
    originOf: (workflowId) => new LoopClient(client).originOf(workflowId),
  };
}
