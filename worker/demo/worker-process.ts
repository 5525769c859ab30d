import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { PACKAGE_ROOT } from '../package/package-root.ts';

const BIN = join(PACKAGE_ROOT, 'bin', 'loopwright.js');

/** How to start a worker process. */
export interface WorkerProcessOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly address: string;
  readonly data: string;
}

/** `loopwright worker` in a process of its own, so that it can be killed like one. */
export class WorkerProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when the worker polls. @throws Error with what it said on stderr when it ends before. */
  static async start({ env, address, data }: WorkerProcessOptions): Promise<WorkerProcess> {
    const config = env['LOOPWRIGHT_CONFIG'];
    const child = spawn(process.execPath, [BIN, 'worker', '--json', '--data', resolve(data)], {
      // The demo's loop is Loopwright's own, whatever loops and models whoever watches it has in their folder.
      cwd: PACKAGE_ROOT,
      env: {
        ...env,
        TEMPORAL_ADDRESS: address,
        ...(config === undefined ? {} : { LOOPWRIGHT_CONFIG: resolve(config) }),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`The worker ended before it was ready:\n${said}`);
    });
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended]);
    ended.catch(() => undefined);
    return new WorkerProcess(child);
  }

  /** Kills it as a power cut would: `kill -9`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to finish what it does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}
