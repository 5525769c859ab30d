import { Hono, type Context } from 'hono';
import { z } from 'zod';
import type { DeskDecision } from '../desk.ts';
import { claimFor } from '../claiming.ts';
import { demand, type Visited } from '../visitor.ts';
import { caseOf, noApproval } from './case.ts';
import { answerCase, type CaseAnswer } from './case-page.ts';
import { refusedSaid } from './refused.ts';
import { visitorOf, type PageOptions } from './page.ts';
import { approvalPath } from './parts/run-words.ts';
import type { Done } from './what-was-done.ts';

/** What the forms send. What a browser does not send of an empty field is empty. */
const Sent = z.object({
  digest: z.string().max(200),
  note: z.string().trim().max(2000).optional(),
  feedback: z.string().trim().max(2000).optional(),
});

const VERBS = ['approve', 'reject', 'ask'] as const;

/** `POST /approvals/<digest>/approve|reject|ask|claim|release`: what is decided is the digest that was shown. */
export function decideRoutes(options: PageOptions): Hono<Visited> {
  const routes = new Hono<Visited>();
  for (const verb of [...VERBS, 'claim', 'release']) routes.use(`/:digest/${verb}`, demand('decide'));
  // Whoever loads the answer to a form again by its address means the approval.
  for (const verb of [...VERBS, 'claim', 'release'])
    routes.get(`/:digest/${verb}`, (context) => context.redirect(approvalPath(context.req.param('digest')), 303));
  for (const verb of VERBS) routes.post(`/:digest/${verb}`, (context) => decided(context, options, verb));
  routes.post('/:digest/claim', async (context) => {
    const digest = context.req.param('digest');
    const claimed = await claimFor(options.store, visitorOf(context), digest, options.now());
    if (claimed.kind === 'claimed') return seeOther(context, digest, 'claimed');
    if (claimed.kind === 'forbidden') {
      const { status, said } = refusedSaid(claimed);
      return await answerAgain(context, options, { said, status });
    }
    const text = claimed.kind === 'held' ? `${claimed.by} has it in hand already.` : 'It is settled already.';
    return await answerAgain(context, options, { said: { tone: 'warn', text }, status: 409 });
  });
  routes.post('/:digest/release', async (context) => {
    const digest = context.req.param('digest');
    await options.store.approvals.release(digest, visitorOf(context).name);
    return seeOther(context, digest, 'released');
  });
  return routes;
}

async function decided(context: Context, options: PageOptions, verb: (typeof VERBS)[number]): Promise<Response> {
  const body = await context.req.parseBody();
  const { digest, note, feedback } = Sent.parse(body);
  const typed = { ...(note === undefined ? {} : { note }), ...(feedback === undefined ? {} : { feedback }) };
  const doing = verb === 'approve' ? undefined : verb;
  const missing = verb === 'reject' ? !note && 'note' : verb === 'ask' && !feedback && 'feedback';
  if (missing) {
    const text = `Expected a ${missing}, got none: say ${verb === 'reject' ? 'why not' : 'what should be different'}.`;
    return await answerAgain(context, options, { said: { tone: 'bad', text }, doing, typed, status: 422 });
  }
  const answer = await sendDecision(context, options, decisionOf(verb, digest, note, feedback));
  if (answer.kind === 'decided') return seeOther(context, digest, doneOf(verb, answer.have < answer.need));
  const { status, said } = refusedSaid(answer);
  return await answerAgain(context, options, { said, doing, typed, status });
}

function decisionOf(
  verb: (typeof VERBS)[number],
  digest: string,
  note: string | undefined,
  feedback: string | undefined,
): DeskDecision {
  const said = note ? { note } : {};
  switch (verb) {
    case 'approve':
      return { digest, decision: 'approve', ...said };
    case 'reject':
      return { digest, decision: 'reject', ...said };
    case 'ask':
      return { digest, decision: 'revise', feedback: feedback ?? '' };
  }
}

function doneOf(verb: (typeof VERBS)[number], more: boolean): Done {
  if (verb === 'reject') return 'rejected';
  if (verb === 'ask') return 'asked';
  return more ? 'counted' : 'approved';
}

/** Sends a decision to the desk of this process. */
export async function sendDecision(context: Context, { desk }: PageOptions, decision: DeskDecision) {
  const at = desk();
  const why = 'no worker runs here, so nobody would hear of it; start `loopwright up`';
  if (at === undefined) return { kind: 'refused', why } as const;
  return await at.decide(visitorOf(context), decision);
}

/** Leads to the approval, which says what was done: loading it again does nothing twice. */
export function seeOther(context: Context, digest: string, done: Done): Response {
  return context.redirect(`${approvalPath(digest)}?done=${done}`, 303);
}

async function answerAgain(context: Context, options: PageOptions, answer: CaseAnswer): Promise<Response> {
  const found = await caseOf(options, context.req.param('digest') ?? '');
  return found === undefined ? await noApproval(context, options) : await answerCase(context, options, found, answer);
}
