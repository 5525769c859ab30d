import { CancellationScope, condition } from '@temporalio/workflow';
import { planOf, type RunState } from './state.ts';

/** Scopes of the steps that a stop aborts, by run. Nothing of it is carried over: a run continues as new between its steps. */
const atWork = new WeakMap<RunState, Set<CancellationScope>>();

/** Cancels the steps that a run is at: a person has stopped it. */
export function abortSteps(state: RunState): void {
  for (const scope of atWork.get(state) ?? []) scope.cancel();
}

/** A step that is cancelled when a person stops the run. */
export async function untilStopped<T>(state: RunState, step: () => Promise<T>): Promise<T> {
  const { stopsAbort, stopsAtOnce } = planOf(state);
  if (stopsAtOnce !== true) return await (stopsAbort === true ? watched(state, step) : step());
  const scope = new CancellationScope();
  const scopes = atWork.get(state) ?? new Set();
  atWork.set(state, scopes.add(scope));
  try {
    const working = scope.run(step);
    if (state.stop !== undefined) scope.cancel();
    return await working;
  } finally {
    scopes.delete(scope);
  }
}

/** The same for runs that were opened before the message did it: the SDK notes a stack for every promise, and a watch has a dozen. */
async function watched<T>(state: RunState, step: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  const watch = new CancellationScope();
  const watching = watch
    .run(() => condition(() => state.stop !== undefined))
    .then(
      () => scope.cancel(),
      () => {},
    );
  try {
    return await scope.run(step);
  } finally {
    watch.cancel();
    await watching;
  }
}
