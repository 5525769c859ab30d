import type { Context, MiddlewareHandler } from 'hono';
import { SCOPES, type Scope, type Visitor } from '../contract/access.ts';
import { sessionHolds, tokenHolds } from '../core/access/holds.ts';
import type { Store } from '../store/ports.ts';
import { csrfOf, hashOf, readToken, sameSecret } from './credentials.ts';
import { proxied } from './host.ts';
import { forbiddenPage } from './pages/forbidden.ts';
import { refusal } from './refusals.ts';
import { sessionCookie } from './session-cookie.ts';

/** What a handler behind {@link visitors} and {@link demand} finds in its context. */
export interface Visited {
  Variables: {
    /** Who asks. Behind {@link demand} there always is somebody. */
    visitor: Visitor;
    /** Why what somebody showed does not count. */
    turnedAway: string;
  };
}

/** Where visitors are known from. */
export interface VisitorOptions {
  readonly store: Pick<Store, 'apiTokens' | 'sessions'>;
  /** The token of `gateway.json`: for this machine, so it does not count behind a proxy. */
  readonly ownerToken: string;
  /** Address of the proxy. */
  readonly origin?: string | undefined;
  readonly now: () => number;
}

/** How often it is noted that a session or a token is in use, in milliseconds. */
const NOTE_EVERY_MS = 60_000;

/** Says that a page asks for itself: that keeps no session alive, so a page that is left open ends with its session. */
const UNATTENDED_HEADER = 'x-loopwright-unattended';

/** A name that a command of this machine gives its user. */
const AS_HEADER = 'x-loopwright-as';

/** Finds out who asks, by token or by session, and leaves it as `visitor`; lets everybody on. */
export function visitors(options: VisitorOptions): MiddlewareHandler<Visited> {
  return async (context, next) => {
    const authorization = context.req.header('authorization');
    const session = sessionCookie(context);
    // Who shows a token speaks for its user, whatever a browser holds.
    if (authorization !== undefined) await byToken(context, authorization, options);
    else if (session !== undefined) await bySession(context, session, options);
    await next();
  };
}

/** Lets on who may do something: others are told how to (401 or 403), on pages by the sign-in. */
export function demand(scope: Scope): MiddlewareHandler<Visited> {
  return async (context, next) => {
    const visitor: Visitor | undefined = context.get('visitor');
    if (visitor === undefined) return unknown(context);
    if (visitor.scopes.includes(scope)) return await next();
    const message = `${visitor.name} may not ${scope} here. Its scopes are ${visitor.scopes.join(', ') || 'none'}; \`loopwright users role ${visitor.name} --scopes …\` on the gateway's machine changes a user's, and a token has its own.`;
    return isPage(context) ? context.html(forbiddenPage(message), 403) : refusal(context, 403, 'Forbidden', message);
  };
}

/** Lets on somebody who is known, and who may read where nothing changes; what changes something demands more of its own. */
export const somebody: MiddlewareHandler<Visited> = async (context, next) => {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return await demand('read')(context, next);
  const visitor: Visitor | undefined = context.get('visitor');
  return visitor === undefined ? unknown(context) : await next();
};

/** Lets on the commands of this machine, and nobody else: who may do what is theirs to say. */
export const ownerOnly: MiddlewareHandler<Visited> = async (context, next) => {
  const visitor: Visitor | undefined = context.get('visitor');
  if (visitor === undefined) return unknown(context);
  if (visitor.via === 'owner') return await next();
  return refusal(
    context,
    403,
    'Forbidden',
    `${visitor.name} may not do this: it takes the token of \`gateway.json\`. Run the command where the data folder is, without LOOPWRIGHT_TOKEN.`,
  );
};

/** The answer to somebody who is not known: people on pages are led to the sign-in. */
export function unknown(context: Context<Visited>): Response {
  const why: string | undefined = context.get('turnedAway');
  if (isPage(context)) {
    const { method, path } = context.req;
    const wanted = method === 'GET' ? `${path}${new URL(context.req.url).search}` : '/';
    return context.redirect(`/sign-in?next=${encodeURIComponent(wanted)}`, 303);
  }
  context.header('WWW-Authenticate', 'Bearer');
  return refusal(
    context,
    401,
    'Unauthorized',
    `${why === undefined ? '' : `Refused: ${why}. `}Send \`Authorization: Bearer\` with an API token (\`loopwright users token <name>\`), or with the token of \`gateway.json\` in the data folder.`,
  );
}

/** Whether what somebody showed when a long answer began still counts. Nothing is noted: to be told news is no use of a session. */
export async function stillIn(
  context: Context,
  { via }: Visitor,
  { store, now }: Omit<VisitorOptions, 'ownerToken'>,
): Promise<boolean> {
  if (via === 'owner') return true;
  if (via === 'token') {
    const shown = readToken((context.req.header('authorization') ?? '').replace(/^Bearer /i, ''));
    const known = shown && (await store.apiTokens.find(shown.id));
    return known !== undefined && tokenHolds(known.token, known.user, now()).kind === 'holds';
  }
  const held = sessionCookie(context);
  const known = held === undefined ? undefined : await store.sessions.find(hashOf(held));
  return known !== undefined && sessionHolds(known.session, known.user, known.token, now()).kind === 'holds';
}

/** Whether somebody reads the answer in a browser. */
function isPage(context: Context): boolean {
  return !context.req.path.startsWith('/api/') && (context.req.header('accept') ?? '').includes('text/html');
}

async function byToken(context: Context<Visited>, said: string, options: VisitorOptions): Promise<void> {
  const { store, ownerToken, origin, now } = options;
  if (sameSecret(said, `Bearer ${ownerToken}`) && !proxied(context, origin)) {
    context.set('visitor', { name: ownerName(context), roles: [], scopes: SCOPES, via: 'owner' });
    return;
  }
  const shown = readToken(said.replace(/^Bearer /i, ''));
  const known = shown === undefined ? undefined : await store.apiTokens.find(shown.id);
  if (shown === undefined || known === undefined || !sameSecret(shown.hash, known.secretHash)) {
    context.set('turnedAway', 'nobody knows this token');
    return;
  }
  const { token, user } = known;
  const holding = tokenHolds(token, user, now());
  if (holding.kind === 'refused') return context.set('turnedAway', holding.why);
  if (now() - (token.lastUsedAt ?? 0) > NOTE_EVERY_MS) await store.apiTokens.used(token.id, now());
  context.set('visitor', { name: user.name, roles: user.roles, scopes: holding.scopes, via: 'token' });
}

async function bySession(context: Context<Visited>, held: string, { store, now }: VisitorOptions): Promise<void> {
  const idHash = hashOf(held);
  const known = await store.sessions.find(idHash);
  if (known === undefined) return;
  const { session, user, token } = known;
  const holding = sessionHolds(session, user, token, now());
  if (holding.kind === 'refused') return context.set('turnedAway', holding.why);
  const alone = context.req.header(UNATTENDED_HEADER) !== undefined;
  if (!alone && now() - session.seenAt > NOTE_EVERY_MS) await store.sessions.seen(idHash, now());
  const { name, roles } = user;
  context.set('visitor', { name, roles, scopes: holding.scopes, via: 'session', csrf: csrfOf(held) });
}

/** What a command of this machine calls its user: it could say anything, and owns everything. */
function ownerName(context: Context): string {
  const said = context.req.header(AS_HEADER) ?? '';
  const name = decoded(said).trim().slice(0, 200);
  return name === '' || /\p{C}/u.test(name) ? 'owner' : name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
