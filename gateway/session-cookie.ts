import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { SESSION_MS } from '../contract/access.ts';

/** Browsers take a cookie of this prefix from a secure origin only, for its host alone (RFC 6265bis §4.1.3.2); 127.0.0.1 is one. */
const NAME = '__Host-loopwright';

/** What the browser holds of a session; undefined where it holds nothing of ours. */
export function sessionCookie(context: Context): string | undefined {
  return getCookie(context, NAME);
}

/** Gives a session to the browser. */
export function giveSession(context: Context, secret: string): void {
  setCookie(context, NAME, secret, {
    path: '/',
    httpOnly: true,
    secure: true,
    sameSite: 'Lax',
    maxAge: SESSION_MS / 1000,
  });
}

/** Takes it back. */
export function takeSession(context: Context): void {
  deleteCookie(context, NAME, { path: '/', secure: true });
}
