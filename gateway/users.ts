import { Hono } from 'hono';
import { z } from 'zod';
import { NewApiToken, NewSignInCode, NewUser, UserChange, UserName, type SignInOffer } from '../contract/access.ts';
import type { Store } from '../store/ports.ts';
import type { Doing } from '../store/users.ts';
import { ownOrigin } from './host.ts';
import { refusal } from './refusals.ts';
import { ownerOnly, type Visited } from './visitor.ts';

/** Whose tokens to list. */
const TokenQuery = z.strictObject({ user: UserName.optional() });

const TokenId = z.strictObject({ id: z.string().max(100) });

/**
 * Who may use the gateway, for commands of this machine alone: `GET /api/users`, `PUT /api/users` (adds), `POST
 * /api/users/change`, `GET` and `PUT /api/users/tokens`, `POST /api/users/tokens/revoke`, `PUT /api/users/sign-ins`. Who asks draws
 * the secrets and sends their digests: none of them ever passes here.
 */
export function userRoutes(
  { users, apiTokens, signIns }: Pick<Store, 'users' | 'apiTokens' | 'signIns'>,
  { now, origin }: { readonly now: () => number; readonly origin: string | undefined },
): Hono<Visited> {
  const doing = (visitor: Visited['Variables']['visitor']): Doing => ({ by: visitor.name, at: now() });
  return new Hono<Visited>()
    .use(ownerOnly)
    .get('/', async (context) => context.json(await users.list()))
    .put('/', async (context) => {
      const user = NewUser.parse(await context.req.json());
      return context.json(await users.add(user, doing(context.get('visitor'))));
    })
    .post('/change', async (context) => {
      const change = UserChange.parse(await context.req.json());
      const user = await users.change(change, doing(context.get('visitor')));
      return user === undefined
        ? refusal(context, 404, 'NotFound', `There is no user "${change.name}".`)
        : context.json(user);
    })
    .get('/tokens', async (context) => {
      const { user } = TokenQuery.parse(context.req.query());
      return context.json(await apiTokens.list(user));
    })
    .put('/tokens', async (context) => {
      const token = NewApiToken.parse(await context.req.json());
      return context.json(await apiTokens.add(token, doing(context.get('visitor'))));
    })
    .post('/tokens/revoke', async (context) => {
      const { id } = TokenId.parse(await context.req.json());
      const token = await apiTokens.revoke(id, doing(context.get('visitor')));
      return token === undefined
        ? refusal(context, 404, 'NotFound', `There is no token "${id}".`)
        : context.json(token);
    })
    .put('/sign-ins', async (context) => {
      const code = NewSignInCode.parse(await context.req.json());
      const expiresAt = await signIns.offer(code, doing(context.get('visitor')));
      return context.json({ expiresAt, origin: origin ?? ownOrigin(context, undefined) } satisfies SignInOffer);
    });
}
