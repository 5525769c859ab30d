import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseReleased, noteOwner } from './database-owner.ts';
import { freePort, isFree } from './ports.ts';
import { openServerLog } from './server-log.ts';
import { serverReady } from './server-ready.ts';
import { startTethered } from './tether.ts';
import type { Ended, Tethered } from './tether.ts';

const readyWithinMs = 30_000;
const stopGraceMs = 10_000;
const passingRetries = 10;
const passingPauseMs = 500;

export interface DevServerOptions {
  /** The Temporal CLI, see `findTemporal`. */
  readonly cliPath: string;
  /** Port of the frontend on 127.0.0.1. */
  readonly port: number;
  /** Port of the web UI on 127.0.0.1, or `headless` for none. */
  readonly uiPort: number | 'headless';
  /** SQLite file that keeps the state; its folder is made. Without it the state goes with the server. */
  readonly databaseFile?: string;
  /** Survives a power cut too, not only kill -9, for about twice the latency; off by default. */
  readonly fsync?: boolean;
  /** Search attributes to register: name → Text, Keyword, Int, Double, Bool, Datetime or KeywordList. */
  readonly searchAttributes: Readonly<Record<string, string>>;
  /** The server's own output is appended here (warnings and errors). */
  readonly logFile?: string;
  /** Environment of the server; empty by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets lines of progress for people. */
  readonly report: (text: string) => void;
}

/** A running development server. */
export interface DevServer {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  /** URL of the web UI, unless headless. */
  readonly ui?: string;
  readonly pid: number;
  /** SIGTERM, SIGKILL after 10 s; resolves when the server is gone. May be called again. */
  stop(): Promise<void>;
  /** Resolves when the server is gone, whoever ended it; never rejects. */
  readonly exited: Promise<Ended>;
}

/** Another program listens on a port that the server needs. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';
  readonly port: number;
  constructor(port: number, option: '--temporal-port' | '--ui-port') {
    super(`Port ${port} is in use by another program; give another with ${option} N.`);
    this.port = port;
  }
}

/** The server ended or stayed silent before it could be used; the message carries the end of its log. */
export class DevServerFailed extends Error {
  override readonly name = 'DevServerFailed';
}

/**
 * Starts `temporal server start-dev` with the fast settings and resolves when workflows can be started on it (`serverReady`).
 *
 * It ends with this process, however this process ends (see `startTethered`; not on Windows). A database file that a killed server
 * left is taken over; one that a dying server still holds is waited for.
 * Throws `PortInUse`, `DatabaseInUse`, or `DevServerFailed` (30 s without an answer, or it ended).
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  if (options.databaseFile !== undefined) {
    await mkdir(dirname(options.databaseFile), { recursive: true });
    await databaseReleased(options.databaseFile, options.report);
  }
  await refuseBusyPorts(options);
  options.report(`Temporal dev server: starting on 127.0.0.1:${options.port} …`);
  for (let retry = 0; ; retry++) {
    try {
      return await startOnce(options, await serverArguments(options));
    } catch (error) {
      // A port of ours that is free again was somebody's for a moment, as the near end of a connection is.
      const passing =
        error instanceof DevServerFailed && /database is locked|SQLITE_BUSY|address already in use/.test(error.message);
      if (!passing || retry === passingRetries) throw error;
      await sleep(passingPauseMs);
    }
  }
}

async function startOnce(options: DevServerOptions, args: readonly string[]): Promise<DevServer> {
  const { port, uiPort, databaseFile } = options;
  const log = openServerLog(options.logFile);
  let forget = async () => {};
  let server: Tethered | undefined;
  try {
    server = await startTethered([options.cliPath, ...args], {
      env: options.env ?? {},
      output: log.descriptor,
    });
    if (databaseFile !== undefined) forget = await noteOwner(databaseFile, server.pid);
    await ready(options, server, () => log.text());
  } catch (error) {
    await server?.stop(stopGraceMs);
    await forget();
    if (/address already in use/.test(log.text())) await refuseBusyPorts(options);
    throw error;
  } finally {
    log.close();
  }
  const running = server;
  const exited = running.exited.then(async (ended) => {
    await forget().catch(() => undefined);
    return ended;
  });
  return {
    address: `127.0.0.1:${port}`,
    ...(uiPort === 'headless' ? {} : { ui: `http://127.0.0.1:${uiPort}` }),
    pid: running.pid,
    exited,
    stop: async () => {
      await running.stop(stopGraceMs);
      await exited;
    },
  };
}

async function ready(options: DevServerOptions, server: Tethered, log: () => string): Promise<void> {
  const given = new AbortController();
  const signal = AbortSignal.any([given.signal, AbortSignal.timeout(readyWithinMs)]);
  const gone = server.exited.then(({ code, signal: by }): never => {
    throw failed(`ended before it was ready (${by ?? `exit code ${code}`})`, log());
  });
  gone.catch(() => undefined);
  const { port, searchAttributes } = options;
  const answered = async () => {
    await serverReady({ port, searchAttributes, signal }).catch((error: unknown) => {
      const wrong = error instanceof Error ? error.message : String(error);
      throw failed(`did not answer in ${readyWithinMs / 1000} s (${wrong})`, log());
    });
    // Two servers started at once on one port: the other one may have answered. Ours says so when it has the port itself.
    for (let check = 0; check < 40 && !/^(Temporal )?Server:/m.test(log()); check++) await sleep(50);
  };
  try {
    await Promise.race([answered(), gone]);
  } finally {
    given.abort();
  }
}

/** Arguments of `temporal`; the flags that make it fast were measured, see DESIGN.md §6. */
async function serverArguments(options: DevServerOptions): Promise<string[]> {
  const { port, uiPort, databaseFile, fsync = false, searchAttributes } = options;
  let metricsPort = await freePort();
  while (metricsPort === port || metricsPort === uiPort) metricsPort = await freePort();
  const ui = uiPort === 'headless' ? ['--headless'] : ['--ui-port', String(uiPort)];
  const ports = ['--port', String(port), '--metrics-port', String(metricsPort), ...ui];
  const polls = ['transfer', 'timer', 'visibility'].map((queue) => `history.${queue}ProcessorMaxPollRPS=2000`);
  // Else every upsert reads namespace and cluster from the database again: a tenth of the server's work for a run.
  const cached = 'system.forceSearchAttributesCacheRefreshOnRead=false';
  // A run whose code throws is reported after its second failure in place of the fifth: in seconds, not in half a minute.
  const wedged = 'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2';
  const settings = [...polls, cached, wedged];
  const pragmas = ['journal_mode=wal', `synchronous=${fsync ? 'full' : 'normal'}`];
  return [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--log-level',
    'warn',
    ...ports,
    ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...(databaseFile === undefined ? [] : ['--db-filename', resolve(databaseFile)]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

async function refuseBusyPorts({ port, uiPort }: DevServerOptions): Promise<void> {
  if (!(await isFree(port))) throw new PortInUse(port, '--temporal-port');
  if (uiPort !== 'headless' && !(await isFree(uiPort))) throw new PortInUse(uiPort, '--ui-port');
}

function failed(what: string, log: string): DevServerFailed {
  const end = log.trimEnd().split('\n').slice(-12).join('\n') || '(it said nothing)';
  return new DevServerFailed(`The Temporal dev server ${what}. The end of its log:\n${end}`);
}
