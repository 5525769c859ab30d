import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT } from '../../contract/exit-codes.ts';
import { readGatewayFile } from '../../gateway/gateway-file.ts';
import { GatewayError, type Send } from '../../gateway/gateway-client.ts';
import { RecordClient } from '../../gateway/record-client.ts';
import { DATABASE_FILE } from '../../store/database-file.ts';
import { CommandError } from '../command.ts';
import { isAlive } from '../temporal/tether.ts';

/** A gateway on this machine answers in milliseconds, or somebody else has its port. */
const OWNER_ANSWERS_MS = 5000;

/** What the gateway says to who may not ask for this. */
const REFUSED: readonly string[] = ['Unauthorized', 'Forbidden'];

/** The longest story is told in seconds. */
const ANSWER_MS = 30_000;

/** Which record a command asks for, and as whom. */
export interface RecordPlace {
  /** The data folder. */
  readonly data: string;
  /** `LOOPWRIGHT_TOKEN` is the API token of the user that it speaks as; without one it speaks as the folder's owner. */
  readonly env: NodeJS.ProcessEnv;
  /** What the owner is called where it changes something. */
  readonly as?: string | undefined;
}

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
  place: RecordPlace,
  work: (record: RecordClient) => Promise<T>,
): Promise<T | undefined> {
  const folder = resolve(place.data);
  if (!existsSync(join(folder, DATABASE_FILE))) return undefined;
  const owner = await ownerOf(folder, place);
  try {
    return owner === undefined ? await withOwnStore(folder, place, work) : await work(owner);
  } catch (error) {
    if (!(error instanceof GatewayError && REFUSED.includes(error.type))) throw error;
    throw new CommandError(error.message, EXIT.forbidden);
  }
}

/** As {@link withRecord}, for commands that are nothing without one. @throws CommandError (not found) where the folder has no record. */
export async function withTheRecord<T extends object>(
  place: RecordPlace,
  work: (record: RecordClient) => Promise<T>,
): Promise<T> {
  const found = await withRecord(place, work);
  if (found === undefined) throw new CommandError(noRecordIn(place.data), EXIT.notFound);
  return found;
}

/** The gateway of the process that owns the folder; undefined where its file is stale or there is none. */
async function ownerOf(folder: string, place: RecordPlace): Promise<RecordClient | undefined> {
  const file = await readGatewayFile(folder);
  if (file === undefined || !isAlive(file.pid)) return undefined;
  // A new process may have the old one's id, or another program its port.
  const asked = overHttp(file.port, bearing(file.token), OWNER_ANSWERS_MS);
  const owner = await new RecordClient(asked).owner().catch(() => undefined);
  return owner?.pid === file.pid ? new RecordClient(overHttp(file.port, speaking(place, file.token))) : undefined;
}

async function withOwnStore<T>(
  folder: string,
  place: RecordPlace,
  work: (record: RecordClient) => Promise<T>,
): Promise<T> {
  // Loaded where there is no owner only: a command that asks one is done in half the time.
  const [{ openStore }, { createApp }] = await Promise.all([
    import('../../store/index.ts'),
    import('../../gateway/app.ts'),
  ]);
  const { pid } = process;
  const store = await openStore(folder, pid).catch(async (error: Error) => {
    // Somebody became the owner meanwhile.
    const owner = await ownerOf(folder, place);
    if (owner !== undefined) return owner;
    throw new CommandError(
      `${error.message}\nThat process answers no questions: it is about to start or stop, or is an older Loopwright without a gateway. Try again in a moment, or restart it with this version.`,
    );
  });
  if (store instanceof RecordClient) return await work(store);
  try {
    const token = randomBytes(32).toString('hex');
    const app = createApp({ store, token, pid });
    const speaker = speaking(place, token);
    return await work(
      new RecordClient(async (path, init) => await app.request(`http://127.0.0.1${path}`, said(speaker, init))),
    );
  } finally {
    await store.close();
  }
}

/** Headers that say who asks. */
type Speaker = Readonly<Record<string, string>>;

const bearing = (token: string): Speaker => ({ authorization: `Bearer ${token}` });

/** As whom a command speaks: the user of `LOOPWRIGHT_TOKEN`, else the owner of the folder. */
function speaking({ env, as }: RecordPlace, ownerToken: string): Speaker {
  const token = env['LOOPWRIGHT_TOKEN'];
  // Mostly a file that was not there: whoever meant to be a user must not become the owner.
  if (token?.trim() === '')
    throw new CommandError('LOOPWRIGHT_TOKEN is set and empty. Give it an API token, or unset it.', EXIT.usage);
  if (token !== undefined) return bearing(token.trim());
  return { ...bearing(ownerToken), ...(as === undefined ? {} : { 'x-loopwright-as': encodeURIComponent(as) }) };
}

function overHttp(port: number, speaker: Speaker, timeoutMs = ANSWER_MS): Send {
  return async (path, init) => {
    const signal = init?.signal ?? AbortSignal.timeout(timeoutMs);
    return await fetch(`http://127.0.0.1:${port}${path}`, {
      ...said(speaker, init),
      signal,
    }).catch((cause: unknown) => {
      throw new CommandError(
        `The process that owns the data folder went away in the middle of ${path} (${(cause as Error).message}). Ask again.`,
      );
    });
  };
}

function said(speaker: Speaker, init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(speaker)) headers.set(name, value);
  return { ...init, headers };
}
