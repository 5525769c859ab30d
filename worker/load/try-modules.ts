import { writeSync } from 'node:fs';
import { enableCompileCache, registerHooks } from 'node:module';
import { Worker } from 'node:worker_threads';
import { importModule, isTheirs } from './loop-modules.ts';

/**
 * What the process that tries modules says, a line of JSON each. It is written at once and to a pipe of its own: what is
 * tried may never give the word back, and has stdout and stderr for itself.
 */
export type TrialLine =
  /** Is about to import one of the modules. */
  | { readonly kind: 'at'; readonly path: string }
  /** Node reads a file for it. */
  | { readonly kind: 'reads'; readonly url: string }
  /** Nothing is left to do, and the module is still not loaded. */
  | { readonly kind: 'stuck' }
  /** Something failed where no `import` could catch it. */
  | { readonly kind: 'failed'; readonly promise: boolean; readonly message: string; readonly stack: string }
  /** Something ends the process. */
  | { readonly kind: 'exit'; readonly code: number; readonly stack: string }
  /** All are imported, or say themselves why not when they are imported again. */
  | { readonly kind: 'done' };

/** How long what the modules began may go on, in milliseconds: it may still fail. */
const AFTERWARDS_MS = 250;

/** An endless module must not outlive the process that asks: a thread looks whether it is still there. */
const WATCHDOG = `
const { parent } = require('node:worker_threads').workerData;
setInterval(() => {
  try {
    if (process.platform === 'win32') process.kill(parent, 0);
    else if (process.ppid !== parent) throw new Error();
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}, 200);
`;

const [parent, ...paths] = process.argv.slice(2);
let isDone = false;
let isLoading = true;

enableCompileCache();
new Worker(WATCHDOG, { eval: true, workerData: { parent: Number(parent) } }).unref();
process.on('uncaughtException', (error: unknown, origin) => {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  say({ kind: 'failed', promise: origin === 'unhandledRejection', message, stack });
  end();
});
process.on('beforeExit', () => {
  say(isLoading ? { kind: 'stuck' } : { kind: 'done' });
  end();
});
process.on('exit', (code) => {
  if (!isDone) say({ kind: 'exit', code, stack: new Error().stack ?? '' });
});
registerHooks({
  load(url, context, next) {
    if (isTheirs(url)) say({ kind: 'reads', url });
    return next(url, context);
  },
});

for (const path of paths) {
  say({ kind: 'at', path });
  // What an import throws, it throws again where it is told with its place.
  await importModule(path, 1).catch(() => undefined);
}
isLoading = false;
setTimeout(() => {
  say({ kind: 'done' });
  end();
}, AFTERWARDS_MS).unref();

function say(line: TrialLine): void {
  writeSync(3, `${JSON.stringify(line)}\n`);
}

function end(): void {
  isDone = true;
  process.exit();
}
