import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Example } from './doc-examples.ts';
import { execute, readersEnvironment } from './packed.ts';
import { until } from './rig.ts';

/** Folder of an `npx` that runs what stands in `node_modules/.bin`. */
const QUICK_NPX = fileURLToPath(new URL('quick-npx/', import.meta.url));

/** What a process that stays says when a reader may go on. */
const READY = /is up\.|Worker on/;

/** Somebody who follows a page to the letter, in one folder, with two terminals. */
export class DocReader {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #background: { child: ChildProcess; said: string; watches: boolean } | undefined;
  #address: string | undefined;
  #printed = '';
  /** The commands before, and their line. */
  #last: readonly [string, number] = ['', 0];

  /** `quick`: `npx` finds what is installed without asking npm, which takes it half a second. */
  constructor(folder: string, env: NodeJS.ProcessEnv, quick = false) {
    this.#folder = folder;
    this.#env = quick ? { ...env, PATH: `${QUICK_NPX}:${process.env['PATH'] ?? ''}` } : env;
  }

  /** Does what an example says. @throws Error that names the line where the page and the world differ. */
  async follow(example: Example): Promise<void> {
    switch (example.kind) {
      case 'commands':
        return await this.#run(example.text, example.line);
      case 'background':
        return await this.#stay(example.text, example.line);
      case 'file':
        return await this.#write(example.path, example.text);
      case 'output':
        if (example.eventually) await this.#askUntil(example.text.split('\n'));
        return this.#compare(example.text, example.line);
      case 'shown':
        return;
    }
  }

  /** Ctrl-C in the terminal that stays. */
  async stop(): Promise<void> {
    const { child } = this.#background ?? {};
    this.#background = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    process.kill(-child.pid, 'SIGINT');
    await gone;
  }

  async #run(text: string, line: number): Promise<void> {
    this.#last = [text, line];
    const address = this.#address === undefined ? {} : { TEMPORAL_ADDRESS: this.#address };
    const { code, stdout, stderr } = await execute('bash', ['-euc', text], this.#folder, { ...this.#env, ...address });
    this.#printed = stdout + stderr;
    if (code !== 0)
      throw new Error(`line ${line}: ended with ${code}:\n${text}\n${this.#printed}\n${this.#background?.said ?? ''}`);
  }

  async #stay(text: string, line: number): Promise<void> {
    await this.stop();
    const child = spawn('bash', ['-euc', text], {
      cwd: this.#folder,
      env: readersEnvironment(this.#env),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const background = { child, said: '', watches: text.includes('--watch') };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (background.said += chunk.toString()));
    this.#background = background;
    await until(
      async () => background.said,
      (said) => READY.test(said) || child.exitCode !== null,
      60_000,
    );
    if (child.exitCode !== null) throw new Error(`line ${line}: ended with ${child.exitCode}:\n${background.said}`);
    this.#address = /^export TEMPORAL_ADDRESS=(\S+)$/m.exec(background.said)?.[1];
  }

  async #write(path: string, text: string): Promise<void> {
    const before = this.#background?.said.length ?? 0;
    await mkdir(dirname(join(this.#folder, path)), { recursive: true });
    await writeFile(join(this.#folder, path), text);
    const background = this.#background;
    if (background?.watches !== true || !/^[^/]+\//.test(path)) return;
    // A watching `up` says that it has taken a change; a reader waits for that.
    await until(
      async () => background.said.length,
      (length) => length > before,
    );
  }

  /** Runs the last commands again until they print the lines, for half a minute. */
  async #askUntil(lines: readonly string[]): Promise<void> {
    const [text, at] = this.#last;
    for (let tries = 0; tries < 30 && !lines.every((line) => this.#printed.includes(line)); tries += 1) {
      await pause(1000);
      await this.#run(text, at);
    }
  }

  #compare(text: string, line: number): void {
    for (const wanted of text.split('\n'))
      if (!this.#printed.includes(wanted))
        throw new Error(`line ${line}: "${wanted}" was not printed, but:\n${this.#printed}`);
  }
}
