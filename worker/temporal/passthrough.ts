import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface PassthroughOptions {
  readonly cliPath: string;
  /** As the user gave them. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** `host:port` for a user who named no server. */
  readonly address?: string;
}

/** What chooses a server in the CLI's own arguments and environment. */
const serverFlag = /^--(address|profile|config-file|env|env-file)(=|$)/;
const serverVariables = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE', 'TEMPORAL_ENV'];

/**
 * Runs the Temporal CLI on this terminal and resolves with its exit code, 128 + n where signal n ended it.
 *
 * `TEMPORAL_ADDRESS` is set to `address` unless the arguments or the environment choose a server. While it runs Ctrl-C is for it alone.
 * Rejects where the executable cannot be started.
 */
export function runTemporalCli(options: PassthroughOptions): Promise<number> {
  const { cliPath, args, env, address } = options;
  const chosen = args.some((argument) => serverFlag.test(argument)) || serverVariables.some((name) => env[name]);
  const childEnv = address === undefined || chosen ? env : { ...env, TEMPORAL_ADDRESS: address };
  const ignore = () => undefined;
  return new Promise<number>((resolve, reject) => {
    const child = spawn(cliPath, args, { env: childEnv, stdio: 'inherit' });
    process.on('SIGINT', ignore);
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  }).finally(() => process.off('SIGINT', ignore));
}
