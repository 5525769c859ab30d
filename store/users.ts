import type { Kysely, Selectable } from 'kysely';
import type { NewUser, Scope, User, UserChange } from '../contract/access.ts';
import { failure } from '../contract/failures.ts';
import type { Timestamp } from '../contract/names.ts';
import { addAudit } from './audit.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** Who changes something, and when: it stands on the audit log. */
export interface Doing {
  readonly by: string;
  readonly at: Timestamp;
}

/** Who may use the gateway. Nobody is ever deleted: what they decided names them. */
export interface Users {
  /** Adds a user; answers whoever has the name, who may have been there before. */
  add(user: NewUser, doing: Doing): Promise<User>;
  /** Changes a user; undefined where there is none. Whoever is disabled is signed out. */
  change(change: UserChange, doing: Doing): Promise<User | undefined>;
  find(name: string): Promise<User | undefined>;
  /** All of them, by name. */
  list(): Promise<readonly User[]>;
}

/** Users, in SQL. */
export function sqlUsers({ read, write }: Database): Users {
  return {
    add: (user, { by, at }) =>
      write(async (trx) => {
        const { name, roles, scopes } = user;
        const known = await userNamed(trx, name);
        if (known !== undefined) return known;
        const row = { name, roles: JSON.stringify(roles), scopes: JSON.stringify(scopes) };
        await trx
          .insertInto('users')
          .values({ ...row, created_at: at, disabled_at: null })
          .execute();
        await addAudit(trx, { at, kind: 'access', body: { what: 'user added', by, user: name, roles, scopes } });
        return { ...user, createdAt: at };
      }),
    change: ({ name, roles, scopes, disabled }, { by, at }) =>
      write(async (trx) => {
        const user = await userNamed(trx, name);
        if (user === undefined) return undefined;
        const off = disabled ?? user.disabledAt !== undefined;
        const next = { ...user, ...(roles && { roles }), ...(scopes && { scopes }) };
        const disabledAt = off ? (user.disabledAt ?? at) : null;
        const row = { roles: JSON.stringify(next.roles), scopes: JSON.stringify(next.scopes), disabled_at: disabledAt };
        const { disabledAt: _before, ...rest } = next;
        const changed: User = disabledAt === null ? rest : { ...rest, disabledAt };
        if (JSON.stringify(changed) === JSON.stringify(user)) return user;
        await trx.updateTable('users').set(row).where('name', '=', name).execute();
        if (off)
          await trx
            .updateTable('sessions')
            .set({ ended_at: at })
            .where('user', '=', name)
            .where('ended_at', 'is', null)
            .execute();
        const body = { what: 'user changed', by, user: name, roles: next.roles, scopes: next.scopes, disabled: off };
        await addAudit(trx, { at, kind: 'access', body });
        return changed;
      }),
    find: (name) => userNamed(read, name),
    async list() {
      return (await read.selectFrom('users').selectAll().orderBy('name').execute()).map(userOf);
    },
  };
}

/** The user of a name; undefined where there is none. */
export async function userNamed(database: Kysely<Tables>, name: string): Promise<User | undefined> {
  const row = await database.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst();
  return row === undefined ? undefined : userOf(row);
}

/** The user who is to get something that signs in. @throws `InvalidInput` where there is none, or nobody is let in under the name. */
export async function userToLetIn(database: Kysely<Tables>, name: string): Promise<User> {
  const user = await userNamed(database, name);
  if (user === undefined)
    throw failure('InvalidInput', `There is no user "${name}". Add one: \`loopwright users add ${name}\`.`);
  if (user.disabledAt === undefined) return user;
  throw failure('InvalidInput', `${name} is disabled. To let them in again: \`loopwright users enable ${name}\`.`);
}

function userOf(row: Selectable<Tables['users']>): User {
  const { name, roles, scopes, created_at: createdAt, disabled_at: disabledAt } = row;
  const lists = { roles: JSON.parse(roles) as string[], scopes: JSON.parse(scopes) as Scope[] };
  return { name, ...lists, createdAt, ...(disabledAt === null ? {} : { disabledAt }) };
}
