import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../contract/names.ts';
import { startWorker, type RunningWorker } from './start-worker.ts';
import { gatewayOrigin } from './access/gateway-origin.ts';
import { starterLink, starterName } from './access/starter.ts';
import { connect, DEFAULT_ADDRESS, flagsOf, targetOf } from './cluster/connect.ts';
import { exampleStart, type ExampleStart } from './load/example-start.ts';
import { readyLine, type Ready } from './ready.ts';
import { databaseReleased } from './temporal/database-owner.ts';
import { PortInUse, startDevServer, type DevServer } from './temporal/dev-server.ts';
import { findTemporal } from './temporal/find.ts';
import { freePort } from './temporal/ports.ts';
import { addMissingSearchAttributes } from './temporal/search-attributes.ts';
import { removeUpFile, writeUpFile } from './cluster/up-file.ts';

/** Ports where the Temporal CLI and people look first. */
const TEMPORAL_PORT = 7233;
const UI_PORT = 8233;

/** How to start everything. */
export interface UpOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  readonly data: string;
  /** Default 7233 where free, else any. */
  readonly temporalPort?: number;
  /** Port of Temporal's web UI; default 8233 where free, else any. */
  readonly uiPort?: number;
  /** Folder of loops to run in place of the project's own. */
  readonly loops?: string;
  /** Take changes in that folder while at work. */
  readonly watch?: boolean;
  /** Port on which Prometheus may ask for metrics; none by default. */
  readonly metricsPort?: number | undefined;
  /** Port of the gateway; default 7733 where free, else any. */
  readonly gatewayPort?: number | undefined;
  /** Survive a power cut too. */
  readonly fsync: boolean;
  /** Make a link that signs in who started this. */
  readonly signIn?: boolean;
  readonly report: (text: string) => void;
}

/** Everything, running. */
export interface Up {
  readonly ready: Ready;
  /** A start that works as it is. */
  readonly example: ExampleStart;
  /** CLI flags that reach the server, for printed commands; empty on the default address. */
  readonly flags: string;
  /** Names of those who may send webhooks. */
  readonly hooks: readonly string[];
  /** Names of the channels through which people are told what waits for them. */
  readonly channels: readonly string[];
  /** Signs in who started this, once, for ten minutes; absent where it was not asked for, or they are no user. */
  readonly signIn?: string;
  /** Resolves when the worker has stopped; rejects when it failed or its Temporal server is gone. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts Temporal (unless the environment names one) and a worker, both on one data folder. Everything ends together;
 * a killed `up` loses nothing and goes on where it was when it is started again on the same folder.
 */
export async function up(options: UpOptions): Promise<Up> {
  const data = resolve(options.data);
  await mkdir(data, { recursive: true });
  const target = targetOf(options.env);
  const server = target.named ? undefined : await startServer(options, data);
  const address = server?.address ?? target.address;
  const flags = flagsOf(address, target.namespace);
  let connection: NativeConnection | undefined;
  try {
    connection = await connect(options.env, address);
    const { env, cacheDir, report } = options;
    if (server === undefined) await registerAttributes(connection, target.namespace, report);
    const worker = await startWorker({
      env,
      cacheDir,
      data,
      connection,
      namespace: target.namespace,
      connectionFlags: flags,
      report,
      metricsPort: options.metricsPort,
      gatewayPort: options.gatewayPort,
      ui: server?.ui,
      ...(options.loops === undefined ? {} : { loops: options.loops, watch: options.watch ?? false }),
    });
    const ui = server?.ui === undefined ? {} : { ui: server.ui };
    const { namespace } = target;
    const { gateway } = worker;
    const ready = readyLine({ temporal: address, ...ui, gateway, namespace, data, loops: worker.deps.loops });
    await writeUpFile(data, ready);
    const signIn = options.signIn === true ? await linkFor(worker, env) : undefined;
    return {
      ...(signIn === undefined ? {} : { signIn }),
      ready,
      flags,
      hooks: worker.hooks,
      channels: worker.channels,
      example: exampleStart([...worker.deps.loops.values()]),
      done: server === undefined ? worker.done : Promise.race([worker.done, serverGone(server, data)]),
      stop: () => stopAll(data, worker, connection, server),
    };
  } catch (error) {
    await connection?.close();
    await server?.stop();
    throw error;
  }
}

async function linkFor({ deps, gateway }: RunningWorker, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const origin = gatewayOrigin(env) ?? gateway;
  return await starterLink(deps.store, { name: starterName(env), origin, now: Date.now });
}

async function serverGone(server: DevServer, data: string): Promise<never> {
  const { code, signal } = await server.exited;
  throw new Error(
    `The Temporal server is gone (${signal ?? `exit code ${code}`}); ${join(data, 'temporal.log')} says why. Nothing is lost: start again on the same --data.`,
  );
}

async function stopAll(
  data: string,
  worker: RunningWorker,
  connection: NativeConnection | undefined,
  server: DevServer | undefined,
): Promise<void> {
  try {
    await worker.stop();
  } finally {
    await connection?.close();
    await server?.stop();
    await removeUpFile(data);
  }
}

async function startServer(options: UpOptions, data: string): Promise<DevServer> {
  const { env, cacheDir, report, fsync } = options;
  const { path } = await findTemporal({ env, cacheDir, report });
  const databaseFile = join(data, 'temporal.db');
  await databaseReleased(databaseFile, report);
  const start = async (port: number, uiPort: number): Promise<DevServer> =>
    await startDevServer({
      cliPath: path,
      port,
      uiPort,
      databaseFile,
      fsync,
      searchAttributes: SEARCH_ATTRIBUTES,
      logFile: join(data, 'temporal.log'),
      report,
    });
  const port = options.temporalPort ?? (await freePort(TEMPORAL_PORT));
  const uiPort = options.uiPort ?? (await freePort(UI_PORT));
  try {
    return await start(port, uiPort);
  } catch (error) {
    // Somebody took a port between looking and starting: where nobody insisted on it, take another.
    if (!(error instanceof PortInUse) || options.temporalPort !== undefined || options.uiPort !== undefined)
      throw error;
    return await start(await freePort(), await freePort());
  }
}

async function registerAttributes(
  connection: NativeConnection,
  namespace: string,
  report: (text: string) => void,
): Promise<void> {
  await addMissingSearchAttributes(connection, SEARCH_ATTRIBUTES, namespace).catch((error: Error) =>
    report(`The search attributes could not be registered (${error.message}).`),
  );
}

/** What a person reads when everything is ready: the address first where it is not the default, then commands that work as they are. */
export function readyText({ ready, flags, example, hooks, channels, signIn }: Up): string {
  const { loop, workflowId, input } = example;
  const start = `temporal workflow start${flags} --task-queue ${TASK_QUEUE} --task-timeout 3s --type ${loop} --workflow-id ${workflowId} --input '${input}'`;
  return [
    ...(ready.temporal === DEFAULT_ADDRESS ? [] : [`export TEMPORAL_ADDRESS=${ready.temporal}`, '']),
    `Loopwright is up. Temporal ${ready.temporal}${ready.ui === undefined ? '' : `, its UI ${ready.ui}`}, task queue ${ready.taskQueue}, data ${ready.data}`,
    `Loops: ${ready.loops.join(', ')}`,
    ...(hooks.length === 0 ? [] : [`Webhooks: ${hooks.map((name) => `${ready.gateway}/hooks/${name}`).join(', ')}`]),
    ...(channels.length === 0 ? [] : [`People are told what waits for them through ${channels.join(', ')}`]),
    `Open ${signIn ?? `${ready.gateway}, and sign in with \`loopwright users sign-in NAME\``}`,
    ...(signIn === undefined
      ? []
      : ['  (this signs you in once, within ten minutes; `loopwright users sign-in NAME` makes another)']),
    '',
    'Start a run:',
    `  ${start}`,
    'See where it stands, with the commands that decide its gate:',
    `  temporal workflow query${flags} -w ${workflowId} --name status`,
    '',
    'No `temporal` on your PATH? Put `npx loopwright` before it. Ctrl-C stops everything and loses nothing.',
  ].join('\n');
}
