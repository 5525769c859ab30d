import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { createMinimalWorker } from './minimal.ts';
import type { Note, WorkerProcessOptions } from './notes.ts';
import { createOurWorker } from './ours.ts';

const options = JSON.parse(process.argv[2] ?? '') as WorkerProcessOptions;

Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });

/** Clock times with the fraction of a millisecond: `Date.now()` has none. */
function note(what: Note): void {
  if (what.kind === 'step' && options.stepMs === 0) return;
  const told = what.kind === 'resumed' ? { ...what, at: performance.timeOrigin + performance.now() } : what;
  process.send?.(told);
}

async function main(): Promise<void> {
  const connection = await NativeConnection.connect({ address: options.address });
  const { worker, close } = await create(connection);
  process.on('message', () => worker.shutdown());
  process.on('disconnect', giveUp);
  const running = worker.run();
  note({ kind: 'ready' });
  await running;
  await close();
  await connection.close();
  process.off('disconnect', giveUp);
  process.disconnect();
}

/** The driver is gone: so are we. */
function giveUp(): void {
  process.exit(1);
}

async function create(
  connection: NativeConnection,
): Promise<{ worker: Pick<Worker, 'run' | 'shutdown'>; close: () => Promise<void> }> {
  const common = {
    connection,
    taskQueue: options.taskQueue,
    bundle: { code: await readFile(options.bundle, 'utf8') },
    work: async () => {
      if (options.stepMs > 0) await sleep(options.stepMs);
    },
    note,
  };
  if (options.side === 'ours') return await createOurWorker({ ...common, data: options.data });
  const worker = await createMinimalWorker({ ...common, file: join(options.data, 'lessons.db') });
  return { worker, close: async () => {} };
}

await main();
