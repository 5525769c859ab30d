import { Command } from 'commander';
import { defaultData } from '../default-data.ts';
import type { CommandContext } from '../command.ts';

/** `loopwright temporal …`: the Temporal CLI, wherever it comes from. */
export function temporalCommand({ env, cacheDir, report }: CommandContext): Command {
  return new Command('temporal')
    .description('the Temporal CLI, found or fetched, pointed at the server that `up` started')
    .helpOption(false)
    .passThroughOptions()
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[words...]', 'what you would write after `temporal`')
    .action(async (_words: string[], _options: unknown, command: Command) => {
      const [{ findTemporal }, { runTemporalCli }, { runningAddress }] = await Promise.all([
        import('../temporal/find.ts'),
        import('../temporal/passthrough.ts'),
        import('../cluster/up-file.ts'),
      ]);
      const { path } = await findTemporal({ env, cacheDir, report });
      const address = await runningAddress(defaultData(env));
      process.exitCode = await runTemporalCli({
        cliPath: path,
        args: command.args,
        env,
        ...(address === undefined ? {} : { address }),
      });
    });
}
