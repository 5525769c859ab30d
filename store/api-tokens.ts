import type { Kysely, Selectable } from 'kysely';
import type { ApiToken, NewApiToken, Scope, User } from '../contract/access.ts';
import { failure } from '../contract/failures.ts';
import type { Timestamp } from '../contract/names.ts';
import { addAudit } from './audit.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';
import { userNamed, userToLetIn, type Doing } from './users.ts';

/** A token, whose it is, and the digest of its secret. */
export interface KnownToken {
  readonly token: ApiToken;
  readonly user: User;
  readonly secretHash: string;
}

/** API tokens of users. */
export interface ApiTokens {
  /** Adds a token; the same id again changes nothing. @throws `InvalidInput` where its user is not there, is disabled, or may do less. */
  add(token: NewApiToken, doing: Doing): Promise<ApiToken>;
  find(id: string): Promise<KnownToken | undefined>;
  /** Notes that a token was used. */
  used(id: string, at: Timestamp): Promise<void>;
  /** Revokes a token; answers it, or undefined where there is none. */
  revoke(id: string, doing: Doing): Promise<ApiToken | undefined>;
  /** Tokens of a user, or of all, newest first. */
  list(user?: string): Promise<readonly ApiToken[]>;
}

/** API tokens, in SQL. */
export function sqlApiTokens({ read, write }: Database): ApiTokens {
  return {
    add: (token, { by, at }) =>
      write(async (trx) => {
        const known = await tokenWithId(trx, token.id);
        if (known !== undefined) return tokenOf(known);
        const { id, user: name, secretHash, label, scopes, expiresAt } = token;
        const user = await userToLetIn(trx, name);
        const more = scopes.filter((scope) => !user.scopes.includes(scope));
        if (more.length > 0)
          throw failure('InvalidInput', `A token may do no more than its user: ${name} may not ${more.join(', ')}.`);
        const row = { id, user: name, secret_hash: secretHash, label, scopes: JSON.stringify(scopes), created_at: at };
        const open = { expires_at: expiresAt ?? null, last_used_at: null, revoked_at: null };
        await trx
          .insertInto('api_tokens')
          .values({ ...row, ...open })
          .execute();
        const body = { what: 'token made', by, user: name, token: id, label, scopes, expiresAt: expiresAt ?? null };
        await addAudit(trx, { at, kind: 'access', body });
        return tokenOf({ ...row, ...open });
      }),
    async find(id) {
      const row = await tokenWithId(read, id);
      const user = row === undefined ? undefined : await userNamed(read, row.user);
      return row === undefined || user === undefined
        ? undefined
        : { token: tokenOf(row), user, secretHash: row.secret_hash };
    },
    async used(id, at) {
      await write((trx) => trx.updateTable('api_tokens').set({ last_used_at: at }).where('id', '=', id).execute());
    },
    revoke: (id, { by, at }) =>
      write(async (trx) => {
        const row = await tokenWithId(trx, id);
        if (row === undefined) return undefined;
        if (row.revoked_at !== null) return tokenOf(row);
        await trx.updateTable('api_tokens').set({ revoked_at: at }).where('id', '=', id).execute();
        await addAudit(trx, { at, kind: 'access', body: { what: 'token revoked', by, user: row.user, token: id } });
        return tokenOf({ ...row, revoked_at: at });
      }),
    async list(user) {
      const all = read.selectFrom('api_tokens').selectAll().orderBy('created_at', 'desc').orderBy('id');
      return (await (user === undefined ? all : all.where('user', '=', user)).execute()).map(tokenOf);
    },
  };
}

/** The row of a token; undefined where there is none. */
export async function tokenWithId(
  database: Kysely<Tables>,
  id: string,
): Promise<Selectable<Tables['api_tokens']> | undefined> {
  return await database.selectFrom('api_tokens').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A token, without what proves it. */
export function tokenOf(row: Selectable<Tables['api_tokens']>): ApiToken {
  const { id, user, label, scopes, created_at: createdAt } = row;
  return {
    id,
    user,
    label,
    scopes: JSON.parse(scopes) as Scope[],
    createdAt,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  };
}
