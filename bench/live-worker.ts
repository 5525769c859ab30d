import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';
import { startDevServer, type DevServer } from '../worker/temporal/dev-server.ts';
import { freePort } from '../worker/temporal/ports.ts';

/** The program, as people start it. */
export const BIN = fileURLToPath(new URL('../bin/loopwright.js', import.meta.url));

/** What runs in a bench. */
export interface LiveWorkerOptions {
  readonly cliPath: string;
  /** Files of the folder, by path; loops are under `loops/`. */
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** A real server and a real `loopwright worker` on a folder of their own, both of which can be killed and begun again. */
export class LiveWorker {
  readonly folder: string;
  /** Port of the gateway. */
  readonly port: number;
  readonly temporalPort: number;
  readonly #options: LiveWorkerOptions;
  #server: DevServer | undefined;
  #worker: ChildProcess | undefined;

  private constructor(folder: string, ports: readonly [number, number], options: LiveWorkerOptions) {
    this.folder = folder;
    [this.port, this.temporalPort] = ports;
    this.#options = options;
  }

  /** Writes the files, and waits until the worker is ready. */
  static async begin(options: LiveWorkerOptions): Promise<LiveWorker> {
    const folder = await mkdtemp(join(tmpdir(), 'loopwright-bench-'));
    for (const [path, text] of Object.entries(options.files)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const live = new LiveWorker(folder, [await freePort(), await freePort()], options);
    await live.startServer();
    const worker = live.beginWorker();
    await Promise.race([
      once(worker.stdout, 'data'),
      once(worker, 'exit').then(([code]) => {
        throw new Error(`The worker ended with ${String(code)} before it was ready.`);
      }),
    ]);
    return live;
  }

  /** The data folder. */
  get data(): string {
    return join(this.folder, 'data');
  }

  /** Environment of the worker, and of commands beside it. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.#options.env, TEMPORAL_ADDRESS: `127.0.0.1:${this.temporalPort}` };
  }

  async startServer(): Promise<void> {
    this.#server = await startDevServer({
      cliPath: this.#options.cliPath,
      port: this.temporalPort,
      uiPort: 'headless',
      databaseFile: join(this.folder, 'temporal.db'),
      searchAttributes: SEARCH_ATTRIBUTES,
      report: () => {},
    });
  }

  async stopServer(): Promise<void> {
    await this.#server?.stop();
  }

  beginWorker(): ChildProcess & { stdout: NodeJS.ReadableStream } {
    const words = ['worker', '--json', '--data', this.data, '--loops', join(this.folder, 'loops')];
    const worker = spawn(process.execPath, [BIN, ...words, '--gateway-port', String(this.port)], {
      env: this.env,
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#worker = worker;
    return worker;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined || worker.exitCode !== null || worker.signalCode !== null) return;
    const gone = once(worker, 'exit');
    worker.kill('SIGKILL');
    await gone;
  }

  /** Waits until a query says 1, for two minutes: what is not so by then is counted as it is. */
  async until(sql: string): Promise<void> {
    const end = performance.now() + 120_000;
    while (performance.now() < end && this.number(sql) === 0) await pause(50);
  }

  /** The column `n` of a query of the record. */
  number(sql: string): number {
    const store = new DatabaseSync(join(this.data, 'loopwright.db'), { readOnly: true, timeout: 5000 });
    const row = store.prepare(sql).get();
    store.close();
    return Number(row?.['n']);
  }

  /** Ends everything, and takes the folder away. */
  async end(): Promise<void> {
    await this.kill();
    await this.#server?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
