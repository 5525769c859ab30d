import type { ApiToken, User } from '../../contract/access.ts';
import { columns } from '../columns.ts';
import { moment } from '../figures.ts';
import { plainLine } from '../plain-text.ts';

/** A user as `users list --json` prints it: times in ISO 8601. */
export function listedUser({ createdAt, disabledAt, ...user }: User): object {
  return { ...user, createdAt: iso(createdAt), ...(disabledAt === undefined ? {} : { disabledAt: iso(disabledAt) }) };
}

/** A token as `users tokens --json` prints it: times in ISO 8601. */
export function listedToken({ createdAt, expiresAt, lastUsedAt, revokedAt, ...token }: ApiToken): object {
  const times = { createdAt, expiresAt, lastUsedAt, revokedAt };
  const said = Object.entries(times).flatMap(([name, at]) => (at === undefined ? [] : [[name, iso(at)] as const]));
  return { ...token, ...Object.fromEntries(said) };
}

/** Users as a table for people. */
export function userTable(users: readonly User[]): string {
  return columns([
    ['NAME', 'SCOPES', 'ROLES', 'SINCE', 'STATE'],
    ...users.map(({ name, scopes, roles, createdAt, disabledAt }) => [
      plainLine(name, 60),
      words(scopes),
      words(roles),
      moment(createdAt),
      disabledAt === undefined ? '' : `disabled ${moment(disabledAt)}`,
    ]),
  ]);
}

/** Tokens as a table for people; `now` tells those that have expired. */
export function tokenTable(tokens: readonly ApiToken[], now: number): string {
  return columns([
    ['TOKEN', 'USER', 'SCOPES', 'LABEL', 'LAST USED', 'STATE'],
    ...tokens.map((token) => [
      token.id,
      plainLine(token.user, 60),
      words(token.scopes),
      plainLine(token.label, 40),
      token.lastUsedAt === undefined ? 'never' : moment(token.lastUsedAt),
      stateOf(token, now),
    ]),
  ]);
}

function stateOf({ expiresAt, revokedAt }: ApiToken, now: number): string {
  if (revokedAt !== undefined) return `revoked ${moment(revokedAt)}`;
  if (expiresAt === undefined) return 'never expires';
  return `${expiresAt <= now ? 'expired' : 'expires'} ${moment(expiresAt)}`;
}

const words = (list: readonly string[]): string => (list.length === 0 ? '-' : list.join(','));

const iso = (at: number): string => new Date(at).toISOString();
