import { activityInfo } from '@temporalio/activity';
import { MODEL_QUEUE } from '../contract/names.ts';
import type { Dependencies } from './dependencies.ts';

/** A step that has to be made on another task queue: its route has limits, which the workers of that queue keep. */
export interface Elsewhere {
  readonly elsewhere: string;
}

/** Thrown where a step finds out that it is on the wrong queue, before anything was paid. */
class WrongQueue extends Error implements Elsewhere {
  readonly elsewhere: string;

  constructor(elsewhere: string) {
    super(`This step belongs on task queue ${elsewhere}.`);
    this.elsewhere = elsewhere;
  }
}

/** The queue of a route that has limits, next to the queue of the loops. */
export function modelQueue(loops: string, route: string): string {
  return `${loops}${MODEL_QUEUE}${route}`;
}

/** Leaves a step to the queue of its route, where that has limits. @throws WrongQueue, which {@link orElsewhere} answers. */
export function demandQueue(deps: Dependencies, name: string): void {
  const route = deps.routes.get(name);
  if (route?.kind !== 'endpoint' || route.limits === undefined) return;
  const { taskQueue } = activityInfo();
  const loops = taskQueue.split(MODEL_QUEUE, 1)[0] ?? taskQueue;
  const queue = modelQueue(loops, name);
  if (taskQueue !== queue) throw new WrongQueue(queue);
}

/** A step that answers where it belongs, where that is another queue. Nothing was paid for it, and what it found till then is kept. */
export function orElsewhere<Input, Output>(
  work: (deps: Dependencies, input: Input) => Promise<Output>,
): (deps: Dependencies, input: Input) => Promise<Output | Elsewhere> {
  return async (deps, input) => {
    try {
      return await work(deps, input);
    } catch (error) {
      if (error instanceof WrongQueue) return { elsewhere: error.elsewhere };
      throw error;
    }
  };
}
