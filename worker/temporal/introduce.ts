import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Release } from './releases.ts';
import { lastLines, runCommand } from './run-command.ts';

/** A first run is slow where the system scans new programs. */
const introductionTimeoutMs = 15_000;

/**
 * Makes an executable introduce itself and returns the version where it says one.
 * Throws an `Error` with the reason where it is missing, does not run, or is something else than the release.
 */
export async function introduce(release: Release, path: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const why = await whyNotExecutable(path);
  if (why !== undefined) throw new Error(why);
  const { args, says } = release.introduction;
  const outcome = await runCommand(path, args, { env, timeoutMs: introductionTimeoutMs });
  if (outcome.kind === 'notRun') throw new Error(outcome.reason);
  const match = says.exec(`${outcome.stdout}\n${outcome.stderr}`);
  if (match !== null) return match[1];
  const words = lastLines(outcome.stderr || outcome.stdout, 1) || 'nothing';
  throw new Error(
    `${[path, ...args].join(' ')} did not answer like the ${release.name} (exit code ${outcome.code}, it said: ${words})`,
  );
}

/** Why a path cannot be run as a program, or nothing where it can. */
export async function whyNotExecutable(path: string): Promise<string | undefined> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return `there is no ${path}`;
  if (!file.isFile()) return `${path} is not a file`;
  return access(path, constants.X_OK).then(
    () => undefined,
    () => `${path} is not executable`,
  );
}
