import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './tether.ts';

/** A server whose parent was killed has 5 s to end, see `startTethered`; one whose parent lives may be about to be stopped in order. */
const orphanPatienceMs = 8_000;
const patienceMs = 3_000;
const checkEveryMs = 100;

/** Another Temporal server uses the database file: SQLite would let two of them write to it, and both would run the same work. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse';
  readonly pid: number;
  constructor(databaseFile: string, { pid, parent }: { readonly pid: number; readonly parent: number }) {
    super(
      `The Temporal database ${databaseFile} is in use by the server with pid ${pid}, which process ${parent} started. Stop that one (kill ${isAlive(parent) ? parent : pid}), or give another data folder.`,
    );
    this.pid = pid;
  }
}

/**
 * Waits until no server that we started uses the database file: for at most 8 s, longer than a server outlives a killed parent, or
 * 3 s where that parent is alive. Call it before choosing a port, and the port of that server is free again too.
 * `report` is told when there is something to wait for. Throws `DatabaseInUse`.
 */
export async function databaseReleased(databaseFile: string, report: (text: string) => void): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += checkEveryMs) {
    const owner = await ownerOf(databaseFile);
    if (owner === undefined) return;
    if (waitedMs === 0) report(`${databaseFile}: waiting for the server with pid ${owner.pid} to end …`);
    if (waitedMs >= (isAlive(owner.parent) ? patienceMs : orphanPatienceMs))
      throw new DatabaseInUse(databaseFile, owner);
    await sleep(checkEveryMs);
  }
}

/** Notes next to the database which server uses it, a child of this process; returns how to take the note away again. */
export async function noteOwner(databaseFile: string, pid: number): Promise<() => Promise<void>> {
  const note = noteOf(databaseFile);
  const text = `${pid} ${process.pid}\n`;
  await writeFile(note, text);
  return async () => {
    if ((await readFile(note, 'utf8').catch(() => '')) === text) await rm(note, { force: true });
  };
}

interface Owner {
  readonly pid: number;
  readonly parent: number;
}

async function ownerOf(databaseFile: string): Promise<Owner | undefined> {
  const note = await readFile(noteOf(databaseFile), 'utf8').catch(() => '');
  const [pid = 0, parent = 0] = (/^(\d+) (\d+)$/m.exec(note)?.slice(1) ?? []).map(Number);
  if (pid === 0 || !isAlive(pid)) return undefined;
  // A pid is given out again, after a reboot at the latest: it must be a program that was started with this file.
  const command = await commandLine(pid);
  return command === undefined || command.includes(resolve(databaseFile)) ? { pid, parent } : undefined;
}

function noteOf(databaseFile: string): string {
  return `${databaseFile}.pid`;
}

/** A process' command line, or nothing where the system does not tell; empty for one that has ended. */
async function commandLine(pid: number): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return new Promise((done) =>
    execFile('/bin/ps', ['-ww', '-o', 'args=', '-p', String(pid)], (_error, stdout) => done(stdout)),
  );
}
