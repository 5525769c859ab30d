import type { Kysely } from 'kysely';
import { SESSION_MS, type ApiToken, type Session, type User } from '../contract/access.ts';
import type { Timestamp } from '../contract/names.ts';
import { tokenOf, tokenWithId } from './api-tokens.ts';
import { addAudit } from './audit.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';
import { userNamed } from './users.ts';

/** A session, whose it is, and the token that it was opened with. */
export interface KnownSession {
  readonly session: Session;
  readonly user: User;
  readonly token?: ApiToken;
}

/** A session to open. */
export interface NewSession {
  /** SHA-256 of what the browser holds. */
  readonly idHash: string;
  readonly user: string;
  /** Id of the token that it is opened with. */
  readonly token?: string;
  readonly at: Timestamp;
}

/** Browsers that signed in. */
export interface Sessions {
  /** Opens a session; the same again changes nothing. */
  open(session: NewSession): Promise<void>;
  find(idHash: string): Promise<KnownSession | undefined>;
  /** Notes that a session was used. */
  seen(idHash: string, at: Timestamp): Promise<void>;
  /** Ends a session; where none is open, nothing changes. */
  end(idHash: string, at: Timestamp): Promise<void>;
  /** Ends all of them and takes all codes back: this store is a copy, and nobody knows who signed out since. */
  endAll(at: Timestamp): Promise<void>;
}

/** Sessions, in SQL. */
export function sqlSessions({ read, write }: Database): Sessions {
  return {
    async open(session) {
      await write((trx) => openSession(trx, session));
    },
    async find(idHash) {
      const row = await read.selectFrom('sessions').selectAll().where('id_hash', '=', idHash).executeTakeFirst();
      if (row === undefined) return undefined;
      const [user, token] = await Promise.all([
        userNamed(read, row.user),
        row.token === null ? undefined : tokenWithId(read, row.token),
      ]);
      if (user === undefined) return undefined;
      const { created_at: createdAt, seen_at: seenAt, ended_at: endedAt } = row;
      const session = { user: row.user, createdAt, seenAt, ...(endedAt === null ? {} : { endedAt }) };
      return { session, user, ...(token === undefined ? {} : { token: tokenOf(token) }) };
    },
    async seen(idHash, at) {
      await write((trx) => trx.updateTable('sessions').set({ seen_at: at }).where('id_hash', '=', idHash).execute());
    },
    async end(idHash, at) {
      await write(async (trx) => {
        const ended = await trx
          .updateTable('sessions')
          .set({ ended_at: at })
          .where('id_hash', '=', idHash)
          .where('ended_at', 'is', null)
          .returning('user')
          .executeTakeFirst();
        if (ended === undefined) return;
        await addAudit(trx, { at, kind: 'access', body: { what: 'signed out', by: ended.user } });
      });
    },
    async endAll(at) {
      await write(async (trx) => {
        await trx.updateTable('sessions').set({ ended_at: at }).where('ended_at', 'is', null).execute();
        await trx.deleteFrom('sign_in_codes').execute();
      });
    },
  };
}

/** Opens a session, in the transaction of what allows it; the same again changes nothing. Those of long ago are forgotten. */
export async function openSession(trx: Kysely<Tables>, { idHash, user, token, at }: NewSession): Promise<void> {
  await trx
    .deleteFrom('sessions')
    .where('created_at', '<', at - 2 * SESSION_MS)
    .execute();
  const row = { id_hash: idHash, user, token: token ?? null, created_at: at, seen_at: at, ended_at: null };
  const [opened] = await trx
    .insertInto('sessions')
    .values(row)
    .onConflict((on) => on.doNothing())
    .returning('id_hash')
    .execute();
  if (opened === undefined) return;
  await addAudit(trx, { at, kind: 'access', body: { what: 'signed in', by: user, token: token ?? null } });
}
