import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Visitor } from '../contract/access.ts';
import { tokenHolds } from '../core/access/holds.ts';
import { nextPage } from '../core/access/next-page.ts';
import type { Redeemed } from '../store/sign-ins.ts';
import type { Store } from '../store/ports.ts';
import { hashOf, newSession, readToken, sameSecret } from './credentials.ts';
import { formOf } from './form.ts';
import { addressOf } from './host.ts';
import { signInPage, signOutPage } from './pages/sign-in-pages.ts';
import { giveSession, sessionCookie, takeSession } from './session-cookie.ts';
import { signInLimits } from './sign-in-limits.ts';
import type { Visited } from './visitor.ts';

/** Largest form of a sign-in, in bytes. */
const MOST_BYTES = 8 * 1024;

/** What signing in stands on. */
export interface SignInOptions {
  readonly store: Pick<Store, 'apiTokens' | 'sessions' | 'signIns'>;
  readonly now: () => number;
  /** Address of the proxy that speaks for the gateway. */
  readonly origin?: string | undefined;
  /** Says that somebody tries again and again. */
  readonly report?: ((text: string) => void) | undefined;
}

/** What became of a try. */
type Tried =
  | { readonly kind: 'in' }
  /** `user` is whose secret it pretended to be. */
  | { readonly kind: 'out'; readonly why: string; readonly user?: string };

const WHY: Readonly<Record<(Redeemed & { kind: 'refused' })['why'], string>> = {
  unknown: 'Nobody knows this code or token.',
  used: 'This code was used. A link signs in once: make another with `loopwright users sign-in <name>`.',
  expired: 'This code has expired: it is good for ten minutes. Make another with `loopwright users sign-in <name>`.',
  disabled: 'This user is disabled.',
};

/**
 * `GET /sign-in`: the form. `POST /sign-in`: uses a code or token and opens a new session; whatever session the browser
 * held has ended. `POST /sign-out`: ends it. Secrets are checked before failures are counted, so that nobody is kept out by
 * others who fail; guessing 256 bits is hopeless at any rate, and the limit keeps it from being loud.
 */
export function signInRoutes(options: SignInOptions): Hono<Visited> {
  const { store, now } = options;
  const limits = signInLimits(now, options.report);
  const limit = bodyLimit({ maxSize: MOST_BYTES, onError: (context) => context.text('The form is too large.', 413) });
  return new Hono<Visited>()
    .get('/sign-in', (context) => {
      const { code, next } = context.req.query();
      return context.html(signInPage({ code, next: nextPage(next) }));
    })
    .post('/sign-in', limit, async (context) => {
      const form = await formOf(context);
      const secret = text(form['code'] ?? form['credential']).trim();
      const next = nextPage(text(form['next']));
      const { hash, secret: held } = newSession();
      const tried = await signIn(secret, hash, options);
      if (tried.kind === 'out') return refused(context, next, tried, limits.fail(keysOf(context, tried, options)));
      const before = sessionCookie(context);
      if (before !== undefined) await store.sessions.end(hashOf(before), now());
      giveSession(context, held);
      return context.redirect(next, 303);
    })
    .get('/sign-out', (context) => {
      const visitor: Visitor | undefined = context.get('visitor');
      return visitor === undefined ? context.redirect('/sign-in', 303) : context.html(signOutPage(visitor));
    })
    .post('/sign-out', limit, async (context) => {
      const held = sessionCookie(context);
      if (held !== undefined) await store.sessions.end(hashOf(held), now());
      takeSession(context);
      return context.redirect('/sign-in', 303);
    });
}

async function signIn(secret: string, idHash: string, { store, now }: SignInOptions): Promise<Tried> {
  const shown = readToken(secret);
  if (shown === undefined) {
    const redeemed = await store.signIns.redeem({ codeHash: hashOf(secret), idHash, at: now() });
    return redeemed.kind === 'opened' ? { kind: 'in' } : { kind: 'out', why: WHY[redeemed.why] };
  }
  const known = await store.apiTokens.find(shown.id);
  if (known === undefined) return { kind: 'out', why: WHY.unknown };
  const { token, user, secretHash } = known;
  if (!sameSecret(secretHash, shown.hash)) return { kind: 'out', why: WHY.unknown, user: user.name };
  const holding = tokenHolds(token, user, now());
  if (holding.kind === 'refused') return { kind: 'out', why: `Refused: ${holding.why}.`, user: user.name };
  await store.sessions.open({ idHash, user: user.name, token: token.id, at: now() });
  return { kind: 'in' };
}

function keysOf(context: Context, { user }: Tried & { kind: 'out' }, { origin }: SignInOptions): string[] {
  const address = `address ${addressOf(context, origin)}`;
  return user === undefined ? [address] : [address, `user ${user}`];
}

function refused(
  context: Context,
  next: string,
  { why }: Tried & { kind: 'out' },
  wait: number,
): Response | Promise<Response> {
  if (wait === 0) return context.html(signInPage({ next, problem: why }), 401);
  const seconds = Math.ceil(wait / 1000);
  context.header('Retry-After', String(seconds));
  return context.html(
    signInPage({ next, problem: `Too many sign-ins have failed. Try again in ${seconds} seconds.` }),
    429,
  );
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
