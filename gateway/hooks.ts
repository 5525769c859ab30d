import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Store } from '../store/ports.ts';
import type { HookSourceReady, HookSources } from './hook-source.ts';
import { refusal } from './refusals.ts';
import { deliveryOf, eventOf, missingHeader, prove, type Signed } from './signatures.ts';

/** Largest delivery, in bytes. What a run is given of it is far smaller. */
const MOST_BYTES = 2 * 1024 * 1024;

/** So many bytes of bodies may be held at once, whoever sends them. */
const MOST_BYTES_AT_ONCE = 64 * MOST_BYTES;

/** How often the log says that a source's deliveries are refused, in milliseconds. */
const SAY_EVERY_MS = 10_000;

/** What the door for webhooks stands on. */
export interface HookOptions {
  readonly sources: HookSources;
  readonly now: () => number;
  /** Something new waits in the inbox. */
  readonly wake: () => void;
  /** Says who was turned away, and why. */
  readonly report: (text: string) => void;
}

/**
 * `POST /hooks/<source>`: takes what a source signed, keeps it, and answers 202. What becomes of it is decided later, so
 * that a sender never waits for Temporal. Who asks needs no token: the signature is the proof.
 */
export function hookRoutes({ inbox }: Pick<Store, 'inbox'>, { sources, now, wake, report }: HookOptions): Hono {
  const turnAway = refusals(now, report);
  let held = 0;
  // Before a byte of the body is read: strangers cannot fill the memory with bodies that nobody would take.
  const knock: MiddlewareHandler = async (context, next) => {
    const name = context.req.param('source') ?? '';
    const source = sources.get(name);
    if (source === undefined)
      return refusal(
        context,
        404,
        'NotFound',
        'There is no such source. `sources` in hooks.yaml names those there are.',
      );
    const missing = missingHeader(source.kind, (wanted) => context.req.header(wanted));
    if (missing !== undefined) return turnedAway(context, name, `it has no \`${missing}\` header`);
    if (held + MOST_BYTES > MOST_BYTES_AT_ONCE) {
      context.header('Retry-After', '5');
      return refusal(context, 503, 'Busy', 'Too many deliveries come in at once. Send it again.');
    }
    held += MOST_BYTES;
    await next().finally(() => (held -= MOST_BYTES));
    return undefined;
  };
  const turnedAway = (context: Context, name: string, why: string): Response => {
    turnAway(name, why);
    return refusal(context, 401, 'Unauthorized', `The delivery was refused: ${why}.`);
  };
  const limit = bodyLimit({
    maxSize: MOST_BYTES,
    onError: (context) => {
      turnAway(context.req.param('source') ?? '', `it has more than ${MOST_BYTES} bytes`);
      return refusal(context, 413, 'TooLarge', `A delivery may have at most ${MOST_BYTES} bytes.`);
    },
  });
  return new Hono().post('/:source', knock, limit, async (context) => {
    const name = context.req.param('source');
    const source = sources.get(name) as HookSourceReady;
    const signed = await signedOf(context);
    const proof = prove(source, signed, now());
    if (proof.kind === 'refused') return turnedAway(context, name, proof.why);
    const body = bodyOf(signed);
    if (body === undefined) {
      turnAway(name, 'it is signed, but neither JSON nor a form');
      return refusal(context, 400, 'InvalidInput', 'Expected the body to be JSON, or a form.');
    }
    const challenge = challengeOf(source.kind, body.value);
    if (challenge !== undefined) return context.json({ challenge });
    const delivery = deliveryOf(source.kind, signed, body.value);
    const event = eventOf(source.kind, signed, body.value);
    const kept = await inbox.receive({ source: name, delivery, event, body: body.text, at: now() });
    if (kept === 'new') wake();
    return context.json({ source: name, delivery, known: kept === 'known' }, 202);
  });
}

/** Says who was turned away, at most once in a while for each source: strangers must not fill the log. */
function refusals(now: () => number, report: (text: string) => void): (source: string, why: string) => void {
  const said = new Map<string, { readonly at: number; readonly unsaid: number }>();
  return (source, why) => {
    const { at, unsaid } = said.get(source) ?? { at: -Infinity, unsaid: 0 };
    if (now() - at < SAY_EVERY_MS) {
      said.set(source, { at, unsaid: unsaid + 1 });
      return;
    }
    said.set(source, { at: now(), unsaid: 0 });
    const more = unsaid === 0 ? '' : ` ${unsaid} more were refused since the last time that this was said.`;
    report(`A delivery to /hooks/${source} was refused: ${why}.${more}`);
  };
}

async function signedOf(context: Context): Promise<Signed> {
  return { header: (name) => context.req.header(name), body: Buffer.from(await context.req.arrayBuffer()) };
}

/** The body as JSON. A form is an object of its fields; one with a `payload` is what that says (GitHub's and Slack's forms). */
function bodyOf(signed: Signed): { readonly value: unknown; readonly text: string } | undefined {
  const text = signed.body.toString();
  try {
    const value = /^application\/x-www-form-urlencoded/i.test(signed.header('content-type') ?? '')
      ? ofForm(new URLSearchParams(text))
      : (JSON.parse(text) as unknown);
    return { value, text: JSON.stringify(value) };
  } catch {
    // No JSON, or nested so deep that nobody can read it.
    return undefined;
  }
}

function ofForm(form: URLSearchParams): unknown {
  const payload = form.get('payload');
  return payload === null ? Object.fromEntries(form) : JSON.parse(payload);
}

/** What Slack wants to hear once, to see that its messages arrive. */
function challengeOf(kind: string, body: unknown): string | undefined {
  if (kind !== 'slack' || typeof body !== 'object' || body === null) return undefined;
  const { type, challenge } = body as Record<string, unknown>;
  return type === 'url_verification' && typeof challenge === 'string' ? challenge.slice(0, 500) : undefined;
}
