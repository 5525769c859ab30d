import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inject, onTestFinished } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/loopwright.js', import.meta.url));

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What `--json` prints once everything is ready. */
export interface ReadyLine {
  readonly ready: true;
  readonly temporal: string;
  readonly ui?: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly data: string;
}

/** Variables by which a job of GitHub Actions or GitLab CI says that it is one: the tests' own job is nobody's trigger. */
export const OF_A_CI_JOB = /^(?:GITHUB_|GITLAB_|CI_|CI$)/;

/** The environment of a user who has set nothing of ours or Temporal's, plus `more`, outside of any CI job; the Temporal CLI is the test run's. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_|LOOPWRIGHT_(?!CACHE))/.test(name) && !OF_A_CI_JOB.test(name),
  );
  return { ...Object.fromEntries(inherited), TEMPORAL_CLI_PATH: inject('temporalCli'), ...more };
}

interface ProcessOptions {
  readonly cwd?: string;
  readonly atTheEnd?: (dispose: () => Promise<void>) => void;
}

/** `loopwright …` in a process of its own. It is killed when the test ends. */
export class LoopwrightProcess {
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;

  /** `cwd` is where it runs; `atTheEnd` registers what is done when its test ends: where there is none, whoever starts it ends it. */
  constructor(
    words: readonly string[],
    env: NodeJS.ProcessEnv,
    { cwd, atTheEnd = onTestFinished }: ProcessOptions = {},
  ) {
    const child = spawn(process.execPath, [BIN, ...words], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#child = child;
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Ended);
    atTheEnd(() => this.end('SIGKILL').then(() => undefined));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with its first line once it is ready. @throws Error with what it said when it ends before. */
  async ready(): Promise<ReadyLine> {
    const died = this.ended.then(({ code, signal }): never => {
      throw new Error(`It ended (${signal ?? code}) before it was ready:\n${this.stderr}`);
    });
    while (!this.stdout.includes('\n'))
      await Promise.race([once(this.#child.stdout as NodeJS.ReadableStream, 'data'), died]);
    died.catch(() => undefined);
    return JSON.parse(this.stdout.slice(0, this.stdout.indexOf('\n'))) as ReadyLine;
  }

  /** Sends a signal and waits until it is gone. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    return await this.ended;
  }
}
