import type { NativeConnection } from '@temporalio/worker';
import { Command } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import type { CommandContext } from '../command.ts';
import type { OwnedFolder } from '../own-folder.ts';
import { dataOption, GATEWAY_OPTION, LOOPS_OPTION, METRICS_OPTION, refuseLoneWatch, WATCH_OPTION } from './options.ts';

interface Options {
  readonly data: string;
  readonly loops?: string;
  readonly watch: boolean;
  readonly metricsPort?: number;
  readonly gatewayPort?: number;
  readonly deployment?: string;
  readonly buildId?: string;
  readonly json: boolean;
}

/** `loopwright worker`: a worker alone, on a cluster of yours. */
export function workerCommand(context: CommandContext): Command {
  const command = new Command('worker')
    .description('start a worker alone, for the cluster that the TEMPORAL_* variables or temporal.toml name')
    .option(...dataOption(context))
    .option(...LOOPS_OPTION)
    .option(...WATCH_OPTION)
    .option(...GATEWAY_OPTION)
    .option(...METRICS_OPTION)
    .option('--deployment <name>', 'Worker Versioning: name of the deployment; needs --build-id')
    .option('--build-id <id>', 'Worker Versioning: id of this build; runs stay on the build they began on')
    .option('--json', 'print one line of JSON once the worker polls', false);
  return command.action(async (options: Options) => {
    if ((options.deployment === undefined) !== (options.buildId === undefined))
      command.error('error: --deployment and --build-id go together', { exitCode: EXIT.usage });
    const { withRuntime } = await import('../runtime.ts');
    await withRuntime(() => run(context, options));
  });
}

async function run({ env, cacheDir, report, print }: CommandContext, options: Options): Promise<void> {
  const [{ ownFolder }, { startWorker }, { flagsOf, targetOf }, { chosenLoops }, { readyLine }, { untilToldToStop }] =
    await Promise.all([
      import('../own-folder.ts'),
      import('../start-worker.ts'),
      import('../cluster/connect.ts'),
      import('../no-loop.ts'),
      import('../ready.ts'),
      import('../stop-signals.ts'),
    ]);
  const { deployment, buildId, data, watch, metricsPort, gatewayPort } = options;
  const loops = await chosenLoops(options.loops, { report });
  refuseLoneWatch(watch, loops);
  const { address, namespace } = targetOf(env);
  // Who sends webhooks may never send them again: with them the door is open before Temporal is there.
  const folder = await ownFolder({ env, data, gatewayPort, report });
  const connection = await connectFrom(folder, env, address, report);
  if (connection === undefined) return;
  const worker = await startWorker({
    env,
    cacheDir,
    data,
    folder,
    connection,
    namespace,
    connectionFlags: flagsOf(address, namespace),
    report,
    metricsPort,
    ...(loops === undefined ? {} : { loops, watch }),
    ...(deployment === undefined || buildId === undefined ? {} : { deployment: { name: deployment, buildId } }),
  });
  const ready = readyLine({ temporal: address, gateway: worker.gateway, namespace, data, loops: worker.deps.loops });
  print(
    options.json
      ? JSON.stringify(ready)
      : `Worker on ${address}, namespace ${namespace}, task queue ${ready.taskQueue}, data ${ready.data}, loops ${ready.loops.join(', ')}${worker.hooks.length === 0 ? '' : `, webhooks ${worker.hooks.map((name) => `${ready.gateway}/hooks/${name}`).join(', ')}`}`,
  );
  await untilToldToStop(worker.done, report);
  await worker.stop();
  await connection.close();
}

/** Connects to Temporal. With webhooks, or somebody to tell, it waits for it, undefined where it is told to stop before; the folder is closed where nothing comes of it. */
async function connectFrom(
  folder: OwnedFolder,
  env: NodeJS.ProcessEnv,
  address: string,
  report: (text: string) => void,
): Promise<NativeConnection | undefined> {
  const [{ connect, connectWhenThere }, { askedToStop }] = await Promise.all([
    import('../cluster/connect.ts'),
    import('../stop-signals.ts'),
  ]);
  let connection: NativeConnection | undefined;
  const asked = askedToStop();
  try {
    const { gateway, sources, channels } = folder;
    const taken = `Webhooks are taken at ${gateway.url}/hooks/ and kept meanwhile; runs start when it is there.`;
    const told = `People are told meanwhile what waits for them, through ${channels.join(', ')}.`;
    const meanwhile = [sources.size > 0 ? taken : '', channels.length > 0 ? told : ''].join(' ').trim();
    connection =
      meanwhile === ''
        ? await connect(env, address)
        : await connectWhenThere(env, address, { report, signal: asked.signal, meanwhile });
    return connection;
  } finally {
    asked.done();
    if (connection === undefined) await folder.close();
  }
}
