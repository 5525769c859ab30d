import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { Runtime } from '@temporalio/worker';
import { TASK_QUEUE } from '../contract/names.ts';
import { startWorker } from './compose.ts';
import { connect, flagsOf, targetOf } from './connect.ts';
import { lineLogger } from './logger.ts';
import { untilToldToStop } from './stop-signals.ts';
import { cacheFolder } from './temporal/cache-folder.ts';
import { findTemporal } from './temporal/find.ts';
import { runTemporalCli } from './temporal/passthrough.ts';
import { readyText, runningAddress, up } from './up.ts';

const { env } = process;
const report = (text: string): void => void process.stderr.write(`${text}\n`);
const cacheDir = cacheFolder(env);
const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8')) as {
  version: string;
};

// The SDK's native half would log to stdout, which is for data.
const runtime = Runtime.install({ logger: lineLogger(), telemetryOptions: { logging: { forward: {} } } });

const program = new Command('loopwright')
  .description('Runs agent loops that people can leave alone, on Temporal.')
  .version(version)
  .configureHelp({ sortSubcommands: false })
  // `temporal --version` is for the Temporal CLI.
  .enablePositionalOptions()
  .showHelpAfterError();

const dataOption = [
  '--data <dir>',
  'data folder; one process owns it',
  env['LOOPWRIGHT_DATA'] ?? '.loopwright',
] as const;

program
  .command('up')
  .description('start Temporal (or use the one that TEMPORAL_ADDRESS names) and a worker, in one process')
  .option('--temporal-port <n>', "Temporal's port (default: 7233 where free, else any)", port)
  .option('--port <n>', "port of Temporal's web UI (default: 8233 where free, else any)", port)
  .option(...dataOption)
  .option('--fsync', 'survive a power cut too, not only kill -9; slower', false)
  .option('--json', 'print one line of JSON once everything is ready', false)
  .action(async (options: { temporalPort?: number; port?: number; data: string; fsync: boolean; json: boolean }) => {
    const { temporalPort, port: uiPort, data, fsync } = options;
    const running = await up({
      env,
      cacheDir,
      data,
      fsync,
      report,
      ...(temporalPort === undefined ? {} : { temporalPort }),
      ...(uiPort === undefined ? {} : { uiPort }),
    });
    process.stdout.write(`${options.json ? JSON.stringify(running.ready) : readyText(running)}\n`);
    try {
      await untilToldToStop(running.done, report);
    } finally {
      await running.stop();
    }
  });

program
  .command('worker')
  .description('start a worker alone, for the cluster that the TEMPORAL_* variables or temporal.toml name')
  .option(...dataOption)
  .option('--deployment <name>', 'Worker Versioning: name of the deployment; needs --build-id')
  .option('--build-id <id>', 'Worker Versioning: id of this build; runs stay on the build they began on')
  .option('--json', 'print one line of JSON once the worker polls', false)
  .action(async (options: { data: string; deployment?: string; buildId?: string; json: boolean }) => {
    const { deployment, buildId, data } = options;
    if ((deployment === undefined) !== (buildId === undefined))
      program.error('error: --deployment and --build-id go together', { exitCode: 2 });
    const { address, namespace } = targetOf(env);
    const connection = await connect(env, address);
    const worker = await startWorker({
      env,
      cacheDir,
      data,
      connection,
      namespace,
      connectionFlags: flagsOf(address, namespace),
      report,
      ...(deployment === undefined || buildId === undefined ? {} : { deployment: { name: deployment, buildId } }),
    });
    const ready = { ready: true, temporal: address, namespace, taskQueue: TASK_QUEUE, data };
    process.stdout.write(
      options.json
        ? `${JSON.stringify(ready)}\n`
        : `Worker on ${address}, namespace ${namespace}, task queue ${TASK_QUEUE}, data ${data}\n`,
    );
    await untilToldToStop(worker.done, report);
    await worker.stop();
    await connection.close();
  });

program
  .command('temporal')
  .description('the Temporal CLI, found or fetched, pointed at the server that `up` started')
  .helpOption(false)
  .passThroughOptions()
  .allowUnknownOption()
  .allowExcessArguments()
  .argument('[words...]', 'what you would write after `temporal`')
  .action(async (_words: string[], _options: unknown, command: Command) => {
    const { path } = await findTemporal({ env, cacheDir, report });
    const address = await runningAddress(env['LOOPWRIGHT_DATA'] ?? join(process.cwd(), '.loopwright'));
    process.exitCode = await runTemporalCli({
      cliPath: path,
      args: command.args,
      env,
      ...(address === undefined ? {} : { address }),
    });
  });

program
  .command('demo')
  .description('run the main job on real customer messages, keyless, with a crash in the middle')
  .option('--messages <n>', 'how many messages', positive, 1000)
  .option('--data <dir>', 'data folder (default: one that goes when the demo ends)')
  .option('--keep', 'leave everything up at the end, with its data', false)
  .option('--json', 'print one JSON object last, and wait for nobody', false)
  .option('--no-input', 'wait for nobody')
  .action(async (options: { messages: number; data?: string; keep: boolean; json: boolean; input: boolean }) => {
    const { demo } = await import('./demo/demo.ts');
    const { Screen } = await import('./demo/screen.ts');
    const { messages, data, keep, json, input } = options;
    const interactive = !json && input && process.stdin.isTTY && process.stderr.isTTY;
    const base = { env, cacheDir, messages, keep, interactive, screen: new Screen(process.stderr) };
    const summary = await demo(data === undefined ? base : { ...base, data });
    if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  // It goes with the last connection; where there was none, its logging would keep this process alive.
  await runtime.shutdown();
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1');
  return value;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError('expected a port from 1 to 65535');
  return value;
}
