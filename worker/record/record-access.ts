import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT } from '../../contract/exit-codes.ts';
import { createApp } from '../../gateway/app.ts';
import { readGatewayFile, type GatewayFile } from '../../gateway/gateway-file.ts';
import { RecordClient, type Send } from '../../gateway/record-client.ts';
import { DATABASE_FILE, openStore } from '../../store/index.ts';
import { CommandError } from '../command.ts';
import { isAlive } from '../temporal/tether.ts';

/** A gateway on this machine answers in milliseconds, or somebody else has its port. */
const OWNER_ANSWERS_MS = 5000;

/** The longest story is told in seconds. */
const ANSWER_MS = 30_000;

/** What is said of a data folder that has no record. */
export function noRecordIn(data: string): string {
  return `There is no record in ${resolve(data)}: nothing was ever run on it. Start with \`loopwright up\`, or name the data folder of a worker with --data.`;
}

/**
 * Gives a command the record of a data folder: over HTTP from the process that owns it, else from the store itself,
 * opened for as long as the work takes, through the very same routes. Answers undefined where the folder has no record.
 * @throws CommandError where its owner has no gateway.
 */
export async function withRecord<T extends object>(
  data: string,
  work: (record: RecordClient) => Promise<T>,
): Promise<T | undefined> {
  const folder = resolve(data);
  if (!existsSync(join(folder, DATABASE_FILE))) return undefined;
  const owner = await ownerOf(folder);
  return owner === undefined ? await withOwnStore(folder, work) : await work(owner);
}

/** As {@link withRecord}, for commands that are nothing without one. @throws CommandError (not found) where the folder has no record. */
export async function withTheRecord<T extends object>(
  data: string,
  work: (record: RecordClient) => Promise<T>,
): Promise<T> {
  const found = await withRecord(data, work);
  if (found === undefined) throw new CommandError(noRecordIn(data), EXIT.notFound);
  return found;
}

/** The gateway of the process that owns the folder; undefined where its file is stale or there is none. */
async function ownerOf(folder: string): Promise<RecordClient | undefined> {
  const file = await readGatewayFile(folder);
  if (file === undefined || !isAlive(file.pid)) return undefined;
  // A new process may have the old one's id, or another program its port.
  const owner = await new RecordClient(overHttp(file, OWNER_ANSWERS_MS)).owner().catch(() => undefined);
  return owner?.pid === file.pid ? new RecordClient(overHttp(file)) : undefined;
}

async function withOwnStore<T>(folder: string, work: (record: RecordClient) => Promise<T>): Promise<T> {
  const { pid } = process;
  const store = await openStore(folder, pid).catch(async (error: Error) => {
    // Somebody became the owner meanwhile.
    const owner = await ownerOf(folder);
    if (owner !== undefined) return owner;
    throw new CommandError(
      `${error.message}\nThat process answers no questions: it is about to start or stop, or is an older Loopwright without a gateway. Try again in a moment, or restart it with this version.`,
    );
  });
  if (store instanceof RecordClient) return await work(store);
  try {
    const token = randomBytes(32).toString('hex');
    const app = createApp({ store, token, pid });
    return await work(
      new RecordClient(async (path, init) => await app.request(`http://127.0.0.1${path}`, bearing(token, init))),
    );
  } finally {
    await store.close();
  }
}

function overHttp({ port, token }: GatewayFile, timeoutMs = ANSWER_MS): Send {
  return async (path, init) => {
    const signal = init?.signal ?? AbortSignal.timeout(timeoutMs);
    return await fetch(`http://127.0.0.1:${port}${path}`, {
      ...bearing(token, init),
      signal,
    }).catch((cause: unknown) => {
      throw new CommandError(
        `The process that owns the data folder went away in the middle of ${path} (${(cause as Error).message}). Ask again.`,
      );
    });
  };
}

function bearing(token: string, init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}
