import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cacheFolder } from '../../../worker/temporal/cache-folder.ts';
import { DatabaseInUse } from '../../../worker/temporal/database-owner.ts';
import { DevServerFailed, PortInUse, startDevServer } from '../../../worker/temporal/dev-server.ts';
import type { DevServerOptions } from '../../../worker/temporal/dev-server.ts';
import { findTemporal } from '../../../worker/temporal/find.ts';
import { freePort, isFree } from '../../../worker/temporal/ports.ts';
import { isAlive } from '../../../worker/temporal/tether.ts';
import { program, temporaryFolder, until } from './fixtures/temporary.ts';

const searchAttributes = { LoopState: 'Keyword', LoopCostUsd: 'Double' };
const report = () => undefined;
let cliPath = '';
beforeAll(async () => {
  ({ path: cliPath } = await findTemporal({
    env: process.env,
    cacheDir: cacheFolder(process.env),
    report,
  }));
});

async function start(options: Partial<DevServerOptions> = {}) {
  const port = await freePort();
  const server = await startDevServer({ cliPath, port, uiPort: 'headless', searchAttributes, report, ...options });
  onTestFinished(() => server.stop());
  return server;
}

/** Starts a workflow that no worker takes, at once, with a search attribute. */
async function startWorkflow(address: string, workflowId: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await new Client({ connection }).workflow.start('anything', {
      workflowId,
      taskQueue: 'nobody',
      searchAttributes: { LoopState: ['open'] },
    });
  } finally {
    await connection.close();
  }
}

async function describeWorkflow(address: string, workflowId: string): Promise<string> {
  const connection = await Connection.connect({ address });
  try {
    const handle = new Client({ connection }).workflow.getHandle(workflowId);
    return (await handle.describe()).status.name;
  } finally {
    await connection.close();
  }
}

/** A process that starts a server and is ours to kill. */
async function startInAnotherProcess(port: number, databaseFile: string) {
  const fixture = fileURLToPath(new URL('fixtures/start-server.ts', import.meta.url));
  const parent = spawn(process.execPath, [fixture, cliPath, String(port), databaseFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGTERM'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, serverPid: Number(line.toString()) };
}

/** The pid of the shell or of whatever else a process was started by (Linux). */
function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describe('startDevServer', () => {
  it('takes workflows with search attributes at once, shows a UI, and stops', async () => {
    const uiPort = await freePort();
    const server = await start({ uiPort });
    await startWorkflow(server.address, 'first');
    expect(server.ui).toBe(`http://127.0.0.1:${uiPort}`);
    expect((await fetch(`${server.ui}/`)).status).toBe(200);
    await Promise.all([server.stop(), server.stop()]);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(isAlive(server.pid)).toBe(false);
    expect(await isFree(uiPort)).toBe(true);
  });

  it('says which port is in use by another program, and the option that changes it', async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((listening) => other.listen(port, '127.0.0.1', listening));
    onTestFinished(() => void other.close());
    const message = (option: string) => `Port ${port} is in use by another program; give another with ${option} N.`;
    await expect(start({ port })).rejects.toThrow(message('--temporal-port'));
    await expect(start({ uiPort: port })).rejects.toThrow(message('--ui-port'));
  });

  it('lets one of two that are started at once on a port have it, and tells the other', async () => {
    const port = await freePort();
    const [first, second] = await Promise.allSettled([start({ port }), start({ port })]);
    const refused = [first, second].filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toBeInstanceOf(PortInUse);
  });

  it('fails with the end of the log where the server ends early', async () => {
    const folder = await temporaryFolder();
    const logFile = join(folder, 'server.log');
    const broken = await program(folder, 'temporal', 'echo "no such flag" >&2; exit 3');
    const failure = start({ cliPath: broken, logFile });
    await expect(failure).rejects.toBeInstanceOf(DevServerFailed);
    await expect(failure).rejects.toThrow(/\(exit code 3\)[^]*no such flag/);
    expect(await readFile(logFile, 'utf8')).toBe('no such flag\n');
  });

  it('tells when somebody else killed the server', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it.runIf(process.platform === 'linux')('ends the server when the shell around it is killed', async () => {
    const server = await start();
    process.kill(parentOf(server.pid), 'SIGKILL');
    await server.exited;
    expect(isAlive(server.pid)).toBe(false);
  });

  it('registers search attributes that an older database file does not know', async () => {
    const databaseFile = join(await temporaryFolder(), 'temporal.db');
    const older = await start({ databaseFile, searchAttributes: {} });
    await older.stop();
    const newer = await start({ databaseFile, fsync: true });
    await startWorkflow(newer.address, 'newer');
  });
});

describe('a parent killed with -9', () => {
  it('takes its server with it in 5 s, and the next one goes on with port and database file', async () => {
    const databaseFile = join(await temporaryFolder(), 'state', 'temporal.db');
    const port = await freePort();
    const { parent, serverPid } = await startInAnotherProcess(port, databaseFile);
    await startWorkflow(`127.0.0.1:${port}`, 'kept');
    parent.kill('SIGKILL');
    await until(() => !isAlive(serverPid), 5_000);
    expect(await isFree(port)).toBe(true);
    const server = await start({ port, databaseFile });
    expect(await describeWorkflow(server.address, 'kept')).toBe('RUNNING');
  });

  it('lets the next one wait for a server that is still ending', async () => {
    const databaseFile = join(await temporaryFolder(), 'temporal.db');
    const port = await freePort();
    const { parent, serverPid } = await startInAnotherProcess(port, databaseFile);
    parent.kill('SIGKILL');
    const server = await start({ port, databaseFile });
    expect(isAlive(serverPid)).toBe(false);
    expect(server.pid).not.toBe(serverPid);
  });
});

describe('a database file in use', () => {
  it('is refused to a second server, by pid', async () => {
    const databaseFile = join(await temporaryFolder(), 'temporal.db');
    const { pid } = await start({ databaseFile });
    const second = start({ databaseFile });
    await expect(second).rejects.toBeInstanceOf(DatabaseInUse);
    await expect(second).rejects.toThrow(`is in use by the server with pid ${pid}, which process`);
  });
});
