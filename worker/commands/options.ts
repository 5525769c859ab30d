import { InvalidArgumentError } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import { VersionName } from '../../contract/harness-move.ts';
import { plainLine } from '../../core/plain-text.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { defaultData } from '../default-data.ts';

/** Words of the option that names the data folder. */
export const dataOption = ({ env }: CommandContext) =>
  ['--data <dir>', 'data folder; one process owns it', defaultData(env)] as const;

/** Words of the option that names a folder of loops. */
export const LOOPS_OPTION = [
  '--loops <dir>',
  'folder of loops (default: this one where it has loops, else those that come with Loopwright)',
] as const;

/** Words of the option that watches it. */
export const WATCH_OPTION = ['--watch', 'take changes in that folder at once, without losing a run', false] as const;

/** Words of the option that lets Prometheus ask. */
export const METRICS_OPTION = [
  '--metrics-port <n>',
  'serve metrics for Prometheus on this port of 127.0.0.1 (default: none)',
  port,
] as const;

/** Words of the option with the gateway's port. */
export const GATEWAY_OPTION = [
  '--gateway-port <n>',
  'port of 127.0.0.1 where webhooks come in (default: 7733 where free, else any)',
  port,
] as const;

/** Whether a stream gets colours: a terminal does, unless `NO_COLOR` says anything (https://no-color.org). */
export function paints(env: NodeJS.ProcessEnv, { isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/** The loops that come with Loopwright are not watched. @throws CommandError (usage) where there is no folder to watch. */
export function refuseLoneWatch(watch: boolean, loops: string | undefined): void {
  if (watch && loops === undefined)
    throw new CommandError(
      '--watch needs a folder to watch: name one with --loops <dir>, or start in one that has loops.',
      EXIT.usage,
    );
}

/** Reads an option that is a whole number from 1. */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1');
  return value;
}

/** Reads an option that is a whole number from 1 to `most`. */
export const upTo =
  (most: number) =>
  (text: string): number => {
    const value = positive(text);
    if (value > most) throw new InvalidArgumentError(`expected a whole number from 1 to ${most}`);
    return value;
  };

/** Reads an option that is an amount of money. */
export function usd(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 10_000))
    throw new InvalidArgumentError('expected an amount in USD from 0 to 10000');
  return value;
}

/** Reads an option that is a person's name: an empty one is mostly a variable that nobody has set. */
export function who(text: string): string {
  const name = text.trim();
  if (plainLine(name, 1) === '' || name.length > 200) throw new InvalidArgumentError('expected 1 to 200 characters');
  return name;
}

/** Reads an option that is a harness version. */
export function version(text: string): string {
  const { success, data, error } = VersionName.safeParse(text);
  if (!success) throw new InvalidArgumentError(error.issues[0]?.message ?? '');
  return data;
}

/** Reads an option that is a TCP port. */
export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError('expected a port from 1 to 65535');
  return value;
}
