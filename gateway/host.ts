import type { Context, MiddlewareHandler } from 'hono';
import { refusal } from './refusals.ts';

/** Names by which this machine calls itself. */
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Lets in who asks this machine by its own name, or by that of `origin`. Anything else in `Host` is a page elsewhere whose
 * name was pointed at us (DNS rebinding). Nothing is said to other origins: there is no CORS.
 */
export function pinned(origin: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    const { hostname } = new URL(context.req.url);
    const said = hostOf(context);
    const own = LOOPBACK.includes(nameOf(said)) && LOOPBACK.includes(hostname);
    if (own || proxied(context, origin)) return await next();
    const names = origin === undefined ? '127.0.0.1' : `127.0.0.1 and ${origin}`;
    return refusal(
      context,
      403,
      'Forbidden',
      `The gateway answers on ${names} only, not as "${said}". Behind a proxy, say its address with LOOPWRIGHT_ORIGIN.`,
    );
  };
}

/** Whether a request came through the proxy that serves `origin`. */
export function proxied(context: Context, origin: string | undefined): boolean {
  return origin !== undefined && hostOf(context) === new URL(origin).host;
}

/** The origin that a browser has asked, which is that of its pages: of `http`, unless a proxy speaks for us. */
export function ownOrigin(context: Context, origin: string | undefined): string {
  return origin !== undefined && proxied(context, origin) ? origin : `http://${hostOf(context)}`;
}

/** Where a request comes from, as far as is known: behind our proxy it is who the proxy says. */
export function addressOf(context: Context, origin: string | undefined): string {
  const remote = (context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket
    ?.remoteAddress;
  // The last one is what the nearest proxy has seen; those before are what its client said.
  const forwarded = proxied(context, origin)
    ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
    : undefined;
  return forwarded ?? remote ?? 'here';
}

function hostOf(context: Context): string {
  return (context.req.header('host') ?? new URL(context.req.url).host).toLowerCase();
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, '');
}
