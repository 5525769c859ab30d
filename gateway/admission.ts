import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { refusal } from './refusals.ts';

/** Names by which this machine calls itself. Anything else in `Host` is a page elsewhere whose name was pointed at us (DNS rebinding). */
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Lets in who asks this machine by its own name and knows the token. Nothing is said to other origins: there is no CORS. */
export function admit(token: string): MiddlewareHandler {
  const wanted = digest(`Bearer ${token}`);
  return async (context, next) => {
    const { hostname, host } = new URL(context.req.url);
    const said = context.req.header('host') ?? host;
    if (!LOOPBACK.includes(hostname) || !LOOPBACK.includes(hostnameOf(said)))
      return refusal(context, 403, 'Forbidden', `The gateway answers on 127.0.0.1 only, not as "${said}".`);
    if (!timingSafeEqual(digest(context.req.header('authorization') ?? ''), wanted)) {
      context.header('WWW-Authenticate', 'Bearer');
      return refusal(
        context,
        401,
        'Unauthorized',
        'Send `Authorization: Bearer` with the token of `gateway.json` in the data folder.',
      );
    }
    await next();
    return undefined;
  };
}

function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

/** Of equal length whatever was sent, so that comparing takes equally long. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
