import { IDLE_MS, SESSION_MS, type ApiToken, type Scope, type Session, type User } from '../../contract/access.ts';

/** Whether what somebody showed still counts, and for what. */
export type Holding =
  | { readonly kind: 'holds'; readonly scopes: readonly Scope[] }
  | { readonly kind: 'refused'; readonly why: string };

const refused = (why: string): Holding => ({ kind: 'refused', why });

/** What an API token is good for now: never more than its user may do. */
export function tokenHolds(token: ApiToken, user: User, now: number): Holding {
  if (user.disabledAt !== undefined) return refused(`${user.name} is disabled`);
  if (token.revokedAt !== undefined) return refused(`the token ${token.id} is revoked`);
  if (token.expiresAt !== undefined && token.expiresAt <= now) return refused(`the token ${token.id} has expired`);
  return { kind: 'holds', scopes: user.scopes.filter((scope) => token.scopes.includes(scope)) };
}

/** What a session is good for now: no more than its user may do, nor than the token that it was opened with. */
export function sessionHolds(session: Session, user: User, token: ApiToken | undefined, now: number): Holding {
  if (user.disabledAt !== undefined) return refused(`${user.name} is disabled`);
  if (session.endedAt !== undefined) return refused('the session has ended');
  if (now - session.createdAt >= SESSION_MS) return refused('the session is older than seven days');
  if (now - session.seenAt >= IDLE_MS) return refused('the session was not used for eight hours');
  return token === undefined ? { kind: 'holds', scopes: user.scopes } : tokenHolds(token, user, now);
}
