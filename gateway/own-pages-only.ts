import type { MiddlewareHandler } from 'hono';
import type { Visitor } from '../contract/access.ts';
import { foreign, fromBrowser } from '../core/access/same-origin.ts';
import { sameSecret } from './credentials.ts';
import { formOf } from './form.ts';
import { ownOrigin } from './host.ts';
import { refusal } from './refusals.ts';
import type { Visited } from './visitor.ts';

/** Methods that change nothing. */
const SAFE: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Where people sign in. */
const SIGN_IN = '/sign-in';

/** Field of a form, and header of everything else, with the token of a session. */
const CSRF_FIELD = 'csrf';
const CSRF_HEADER = 'x-csrf-token';

/**
 * Refuses what would change something and was not sent by a page of ours: by what browsers say of where it comes from,
 * and, of a session, by its CSRF token. Requests with a token of their own need neither: no page can send those.
 */
export function ownPagesOnly(origin: string | undefined): MiddlewareHandler<Visited> {
  return async (context, next) => {
    if (SAFE.includes(context.req.method)) return await next();
    const said = { origin: context.req.header('origin'), site: context.req.header('sec-fetch-site') };
    const why = foreign(said, ownOrigin(context, origin));
    if (why !== undefined)
      return refusal(context, 403, 'CrossOrigin', `Refused as sent by a page that is not the gateway's: ${why}.`);
    const visitor: Visitor | undefined = context.get('visitor');
    // Who signs in proves it with what they type, not with the session that they may have.
    if (visitor?.via !== 'session' || context.req.path === SIGN_IN) return await next();
    if (!fromBrowser(said))
      return refusal(
        context,
        403,
        'CrossOrigin',
        'Refused: a session is for browsers, which say `Origin` or `Sec-Fetch-Site`. Programs send an API token.',
      );
    const isForm = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i;
    const field = isForm.test(context.req.header('content-type') ?? '')
      ? (await formOf(context))[CSRF_FIELD]
      : undefined;
    const given = context.req.header(CSRF_HEADER) ?? field;
    if (typeof given === 'string' && sameSecret(given, visitor.csrf ?? '')) return await next();
    return refusal(
      context,
      403,
      'Csrf',
      `Refused: the field \`${CSRF_FIELD}\` (of a form) or the header \`X-CSRF-Token\` is ${given === undefined ? 'missing' : 'not of this session'}. Load the page again and repeat it.`,
    );
  };
}
