import { readFile } from 'node:fs/promises';
import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import { IMPROVE } from '../../contract/names.ts';
import { mistakeLine } from '../../contract/mistake.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { ImproveOptions } from '../commands/improve.ts';
import { readHarness } from '../load/harness.ts';
import { startAndFollow } from '../run/start.ts';

/** Does what `loopwright improve` was told and returns its exit code. */
export async function improve(context: CommandContext, loop: string, options: ImproveOptions): Promise<ExitCode> {
  const { cluster, kind, candidate, summary, by, budgetUsd, waitDays, ...how } = options;
  const input = {
    loop,
    budgetUsd,
    waitDays,
    ...(cluster === undefined ? {} : { cluster }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(candidate === undefined ? {} : { candidate: await harnessIn(candidate) }),
    ...(summary === undefined ? {} : { summary }),
    ...(by === undefined ? {} : { by }),
  };
  return await startAndFollow(context, IMPROVE, {
    ...how,
    input: JSON.stringify(input),
    key: `${loop}-${Date.now().toString(36)}`,
    rerun: false,
    dryRun: false,
    ...(by === undefined ? {} : { by }),
  });
}

async function harnessIn(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}`, EXIT.usage);
  });
  const { value, mistakes } = readHarness(text, file);
  if (value !== undefined && mistakes.length === 0) return value;
  throw new CommandError(mistakes.map(mistakeLine).join('\n'), EXIT.usage);
}
