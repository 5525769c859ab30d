import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { ApprovalQuery, DecisionRequest, RaiseRequest } from '../contract/approvals.ts';
import type { Digest } from '../contract/names.ts';
import { MESSAGE_BOUNDS, whyUnsafe } from '../core/readable.ts';
import type { Store } from '../store/ports.ts';
import type { Desk, DeskAnswer } from './desk.ts';
import { claimFor } from './claiming.ts';
import { refusal } from './refusals.ts';
import { demand, type Visited } from './visitor.ts';

/** What these routes stand on. */
export interface ApprovalRoutesOptions {
  readonly store: Store;
  /** Undefined until there is a worker. */
  readonly desk: () => Desk | undefined;
  readonly now: () => number;
}

/** A query string's view of {@link ApprovalQuery}: everything is text there. */
const fromText = z.strictObject({
  ...ApprovalQuery.shape,
  limit: z.preprocess((text) => (text === undefined ? undefined : Number(text)), ApprovalQuery.shape.limit),
});

/** What a route does about an approval. */
type Work = (context: Context<Visited>, digest: Digest) => Response | Promise<Response>;

/** A digest, or its first eight hex digits or more. */
const Named = z.string().regex(/^(sha256:)?[0-9a-f]{8,64}$/, 'expected sha256: and at least 8 hex digits');

/**
 * `GET /api/approvals?state&loop&after&limit`: what waits, or was settled. `GET /api/approvals/<digest>`: one; `…/output`:
 * all of what is decided. `POST …/decide`, `…/claim`, `…/release`. A digest may be its first eight hex digits or more. 409 says who was first, 410 that
 * it is over, 403 that it is not yours to decide.
 */
export function approvalRoutes(options: ApprovalRoutesOptions): Hono<Visited> {
  const { store, desk, now } = options;
  const one = (work: Work) => named(options, work);
  const routes = new Hono<Visited>();
  for (const verb of ['decide', 'claim', 'release']) routes.use(`/:digest/${verb}`, demand('decide'));
  routes.route('/', lookingRoutes(options));
  routes.post('/raise', demand('decide'), async (context) => {
    const { run, usd, reason } = RaiseRequest.parse(await context.req.json());
    const answer = await desk()?.raise(context.get('visitor'), { workflowId: run, usd, reason });
    if (answer === undefined) return noWorker(context);
    if (answer.kind === 'raised') {
      const { kind: _raised, ...counted } = answer;
      return context.json(counted);
    }
    return answer.kind === 'refused'
      ? refusal(context, 422, 'Refused', answer.why)
      : refusal(context, 503, 'Unreachable', answer.why);
  });
  routes.post(
    '/:digest/decide',
    one(async (context, digest) => {
      const sent: unknown = await context.req.json();
      const unreadable = whyUnsafe(sent, MESSAGE_BOUNDS);
      if (unreadable !== undefined) return refusal(context, 400, 'InvalidInput', `The decision ${unreadable}.`);
      const request = DecisionRequest.parse(sent);
      const at = desk();
      if (at === undefined) return noWorker(context);
      return answered(context, await at.decide(context.get('visitor'), { ...request, digest }));
    }),
  );
  routes.post(
    '/:digest/claim',
    one(async (context, digest) => {
      const claimed = await claimFor(store, context.get('visitor'), digest, now());
      if (claimed.kind === 'claimed') return context.json({ by: context.get('visitor').name, until: claimed.until });
      if (claimed.kind === 'forbidden') return refusal(context, 403, 'Forbidden', claimed.why);
      if (claimed.kind === 'settled') return refusal(context, 410, 'Settled', 'It is settled already.');
      return refusal(context, 409, 'Claimed', heldBy(claimed));
    }),
  );
  routes.post(
    '/:digest/release',
    one(async (context, digest) => {
      await store.approvals.release(digest, context.get('visitor').name);
      return context.json({});
    }),
  );
  return routes;
}

/** What looks, and changes nothing. */
function lookingRoutes(options: ApprovalRoutesOptions): Hono<Visited> {
  const { store, now } = options;
  const found: Work = async (context, digest) => context.json(await store.approvals.find(digest, now()));
  const output: Work = async (context, digest) => {
    const approval = await store.approvals.find(digest, now());
    const text = approval && (await store.artefacts.get(approval.artefact));
    return context.json(text === undefined ? {} : { output: text });
  };
  return new Hono<Visited>()
    .get('/', async (context) => context.json(await store.approvals.list(fromText.parse(context.req.query()), now())))
    .get('/:digest', named(options, found))
    .get('/:digest/output', named(options, output));
}

/** A route about the one approval that its address names: the answer where it names none, or several. */
function named({ store, now }: ApprovalRoutesOptions, work: Work): (context: Context<Visited>) => Promise<Response> {
  return async (context) => {
    const said = Named.parse(context.req.param('digest'));
    const prefix = said.startsWith('sha256:') ? said : `sha256:${said}`;
    const [one, another] = await store.approvals.named({ prefix }, now());
    if (one === undefined)
      return refusal(context, 404, 'UnknownApproval', `Nothing that ${prefix} names ever waited here.`);
    if (another === undefined) return await work(context, one.digest);
    return refusal(context, 409, 'Ambiguous', `${prefix} names several; give more of its digits.`);
  };
}

function noWorker(context: Context): Response {
  return refusal(
    context,
    503,
    'NoWorker',
    'No worker runs on this data folder, so nobody would hear of it. Start `loopwright up`.',
  );
}

function answered(context: Context, answer: DeskAnswer): Response {
  switch (answer.kind) {
    case 'decided':
      return context.json({ state: answer.state, have: answer.have, need: answer.need });
    case 'lost': {
      const message = `${answer.by} was first: it is ${answer.state}. Your decision did not count.`;
      return context.json(
        { error: { type: 'AlreadyDecided', message }, winner: { by: answer.by, state: answer.state } },
        409,
      );
    }
    case 'late':
      return refusal(context, 410, 'TooLate', 'It is over: nobody can decide this version any more.');
    case 'held':
      return refusal(context, 409, 'Claimed', heldBy(answer));
    case 'unknown':
      return refusal(context, 404, 'UnknownApproval', 'Nothing like it ever waited here.');
    case 'unreachable':
      return refusal(context, 503, 'Unreachable', answer.why);
    case 'forbidden':
      return refusal(context, 403, 'Forbidden', answer.why);
    case 'refused':
      return refusal(context, 422, 'Refused', answer.why);
  }
}

function heldBy({ by, until }: { readonly by: string; readonly until: number }): string {
  return `${by} has it in hand until ${new Date(until).toISOString()}. Ask them to let go of it, or wait.`;
}
