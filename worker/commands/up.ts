import { Command, Option } from 'commander';
import type { CommandContext } from '../command.ts';
import {
  dataOption,
  LOOPS_OPTION,
  GATEWAY_OPTION,
  METRICS_OPTION,
  port,
  refuseLoneWatch,
  WATCH_OPTION,
} from './options.ts';

interface Options {
  readonly temporalPort?: number;
  readonly uiPort?: number;
  /** What `--ui-port` was called before. */
  readonly port?: number;
  readonly data: string;
  readonly loops?: string;
  readonly watch: boolean;
  readonly metricsPort?: number;
  readonly gatewayPort?: number;
  readonly fsync: boolean;
  readonly json: boolean;
}

/** `loopwright up`: everything in one process. */
export function upCommand(context: CommandContext): Command {
  return new Command('up')
    .description('start Temporal (or use the one that TEMPORAL_ADDRESS names) and a worker, in one process')
    .option('--temporal-port <n>', "Temporal's port (default: 7233 where free, else any)", port)
    .option('--ui-port <n>', "port of Temporal's web UI (default: 8233 where free, else any)", port)
    .addOption(new Option('--port <n>', 'the same as --ui-port').argParser(port).hideHelp())
    .option(...dataOption(context))
    .option(...LOOPS_OPTION)
    .option(...WATCH_OPTION)
    .option(...GATEWAY_OPTION)
    .option(...METRICS_OPTION)
    .option('--fsync', 'survive a power cut too, not only kill -9; slower', false)
    .option('--json', 'print one line of JSON once everything is ready', false)
    .action(async (options: Options) => {
      const { withRuntime } = await import('../runtime.ts');
      await withRuntime(() => run(context, options));
    });
}

async function run({ env, cacheDir, report, print }: CommandContext, options: Options): Promise<void> {
  const [{ readyText, up }, { chosenLoops }, { untilToldToStop }] = await Promise.all([
    import('../up.ts'),
    import('../no-loop.ts'),
    import('../stop-signals.ts'),
  ]);
  const { temporalPort, port: oldUiPort, uiPort = oldUiPort, data, fsync, watch, metricsPort, gatewayPort } = options;
  const loops = await chosenLoops(options.loops, { report });
  refuseLoneWatch(watch, loops);
  const running = await up({
    env,
    cacheDir,
    data,
    fsync,
    signIn: !options.json,
    report,
    metricsPort,
    gatewayPort,
    ...(loops === undefined ? {} : { loops, watch }),
    ...(temporalPort === undefined ? {} : { temporalPort }),
    ...(uiPort === undefined ? {} : { uiPort }),
  });
  print(options.json ? JSON.stringify(running.ready) : readyText(running));
  try {
    await untilToldToStop(running.done, report);
  } finally {
    await running.stop();
  }
}
