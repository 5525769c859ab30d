import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownPath } from '../package/own-module.ts';
import type { Release } from './releases.ts';
import { lastLines } from './run-command.ts';

const checkEveryMs = 250;

export interface SdkFetchOptions {
  readonly release: Release;
  readonly env: NodeJS.ProcessEnv;
  /** An empty folder that the caller removes afterwards. */
  readonly folder: string;
  /** Given up when nothing has arrived for this many milliseconds. */
  readonly idleMs: number;
}

/**
 * Lets the Temporal SDK download the release into `folder` and returns the path of the executable.
 *
 * Bounded by progress, not by total time: a slow line may take minutes, a dead one `idleMs`.
 * Throws an `Error` that says why there is none.
 */
export async function fetchBySdk(options: SdkFetchOptions): Promise<string> {
  const { release, folder } = options;
  const outcome = await download(options);
  if (outcome !== 'done') throw new Error(outcome);
  const file = (await readdir(folder)).find((name) => name.startsWith(release.binary));
  if (file === undefined) throw new Error("the SDK's download left no executable");
  return join(folder, file);
}

function download({ release, env, folder, idleMs }: SdkFetchOptions): Promise<string> {
  const program = ownPath('worker/temporal/sdk-download');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, release.binary, folder, release.version], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    let seenBytes = 0;
    let idle = 0;
    let gaveUp = false;
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const watch = setInterval(() => {
      void bytesIn(folder).then((bytes) => {
        idle = bytes > seenBytes ? 0 : idle + checkEveryMs;
        seenBytes = bytes;
        gaveUp = idle >= idleMs;
        if (gaveUp) child.kill('SIGKILL');
      });
    }, checkEveryMs);
    child.on('error', (error) => finish(`the SDK's download could not be run: ${error.message}`));
    child.on('close', (code) => finish(code === 0 ? 'done' : whyNot()));
    const whyNot = () =>
      gaveUp
        ? `nothing arrived for ${idleMs / 1000} s`
        : /ERR_MODULE_NOT_FOUND/.test(errors)
          ? '@temporalio/testing is not installed'
          : lastLines(errors, 1) || 'it ended without a word';
    const finish = (outcome: string) => {
      clearInterval(watch);
      resolve(outcome);
    };
  });
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
