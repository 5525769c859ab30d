import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { LoopClient, type Started } from '../../client/loop-client.ts';
import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import { RunOptions } from '../../contract/run.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { eventLine } from '../../core/event-line.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { RunCommandOptions } from './options.ts';
import { connectClient, type Connected } from '../cluster/connect-client.ts';
import { follow, untilOpened } from './follow.ts';
import { ciTrigger } from './ci-trigger.ts';
import { readInput } from './input.ts';
import { refuseOtherInput } from './other-input.ts';

/** Hex digits of an input's digest that make a key. */
const KEY_DIGITS = 12;

/** Does what `loopwright run` was told and returns its exit code. */
export async function startAndFollow(
  context: CommandContext,
  loop: string,
  options: RunCommandOptions,
): Promise<ExitCode> {
  const input = await readInput(options);
  const runOptions = optionsOf(options, context.env);
  const connected = await connectClient(context.env, options.data);
  try {
    const loops = new LoopClient(connected.client);
    const started = await loops.start(loop, keyOf(options, input), input ?? null, runOptions);
    if (started.alreadyRunning) {
      await refuseOtherInput(connected.client, started.workflowId, input ?? null);
      context.report(
        `${started.workflowId} is running already; nothing was started. Give another --key for another run.`,
      );
    }
    const waits = options.wait || options.watch || options.dryRun;
    return waits
      ? await follow(context, connected, started, options)
      : await leave(context, connected, started, options);
  } finally {
    await connected.close();
  }
}

/** Says where the run is, once it is certain that it could begin. */
async function leave(
  { print, report }: CommandContext,
  connected: Connected,
  started: Started,
  { json }: RunCommandOptions,
): Promise<ExitCode> {
  if (!started.alreadyRunning) {
    const opened = await untilOpened(connected, started);
    if (opened?.kind === 'closed') report(eventLine(opened));
    if (opened === undefined)
      report(`No worker has taken ${started.workflowId} yet; it waits for one. Start one with \`loopwright up\`.`);
  }
  print(json ? JSON.stringify(started) : started.workflowId);
  return EXIT.ok;
}

function optionsOf({ by, budgetUsd, harness, rerun, dryRun }: RunCommandOptions, env: NodeJS.ProcessEnv): RunOptions {
  const trigger = ciTrigger(env, by);
  const parsed = RunOptions.safeParse({
    ...(by === undefined ? {} : { requestedBy: by }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(harness === undefined ? {} : { harness }),
    ...(rerun ? { rerun } : {}),
    ...(dryRun ? { dryRun } : {}),
    ...(trigger === undefined ? {} : { trigger }),
  });
  if (parsed.success) return parsed.data;
  throw new CommandError(`The options do not fit:\n${z.prettifyError(parsed.error)}`, EXIT.usage);
}

/** The same input has the same key, so that a command that is repeated finds its run; a dry run is never in a real one's way. */
function keyOf({ key, dryRun }: RunCommandOptions, input: unknown): string {
  const digest = createHash('sha256').update(canonicalJson(input ?? null));
  const given = key ?? digest.digest('hex').slice(0, KEY_DIGITS);
  return dryRun ? `${given}-dry-${randomBytes(4).toString('hex')}` : given;
}
