import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';

/** What the SDK runs workflows in: a thread with a context of its own, made for each worker. */
interface Threads {
  destroy(): Promise<void>;
}

interface ThreadOptions {
  readonly workflowBundle: { readonly code: string };
  readonly registeredActivityNames: ReadonlySet<string>;
}

interface Creator {
  create(options: ThreadOptions): Promise<Threads>;
}

const require = createRequire(import.meta.url);
const { ThreadedVMWorkflowCreator: creator } = require('@temporalio/worker/lib/workflow/threaded-vm.js') as {
  readonly ThreadedVMWorkflowCreator: Creator;
};

const sharing = new AsyncLocalStorage<true>();
const shared = new Map<string, { readonly code: string; readonly threads: Promise<Threads> }>();
const createOwn = creator.create.bind(creator);

/** To start a thread took most of a test's time (240 of 390 ms of CPU); one that serves many workers is what a worker with many runs is. */
creator.create = async (options) => {
  if (sharing.getStore() === undefined) return await createOwn(options);
  const { code } = options.workflowBundle;
  const key = [...options.registeredActivityNames].toSorted().join();
  const known = shared.get(key);
  if (known?.code === code) return await known.threads;
  const threads = createOwn(options).then((made) => Object.assign(made, { destroy: () => Promise.resolve() }));
  shared.set(key, { code, threads });
  return await threads;
};

/**
 * Makes a worker whose workflows run in the thread of those before it that have the same bundle and activities; it ends with
 * the process. Never for two workers that may have the same run: the thread knows runs by their id.
 */
export function inSharedThreads<T>(make: () => Promise<T>): Promise<T> {
  return sharing.run(true, make);
}
