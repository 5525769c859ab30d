import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HookKind } from '../contract/hooks.ts';

/** What came in, byte for byte: what was signed is never what a parser made of it. */
export interface Signed {
  /** Case does not matter. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

/** How a source signs, with its secrets: any of them may have signed. */
export interface Signer {
  readonly kind: HookKind;
  readonly secrets: readonly string[];
  /** How far the time that was signed may be from `now`. */
  readonly toleranceMs: number;
}

/** Whether it was really sent by the source, now; `why` is for whoever set it up. */
export type Proof = { readonly kind: 'proven' } | { readonly kind: 'refused'; readonly why: string };

/** What a scheme signs, where it says so, and the signatures that came with it. */
interface Scheme {
  /** Headers that it needs. */
  readonly needs: readonly string[];
  /** Seconds since 1970 that were signed along; GitHub signs none. */
  time?(signed: Signed): string | undefined;
  content(signed: Signed): readonly (string | Buffer)[];
  /** Signatures that may be meant, as bytes. */
  signatures(signed: Signed): readonly Buffer[];
  /** The key of a secret as it is shown to people. */
  key?(secret: string): Buffer;
}

const parts = (text: string | undefined, separator: string): [string, string][] =>
  (text ?? '').split(separator).map((part) => {
    const at = part.indexOf('=');
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });

const hex = (text: string): Buffer => Buffer.from(/^[0-9a-f]{64}$/i.test(text) ? text : '', 'hex');

const stripeParts = (signed: Signed) => parts(signed.header('stripe-signature'), ',');

const SCHEMES: Readonly<Record<HookKind, Scheme>> = {
  // github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md: v1, HMAC-SHA256 over `id.timestamp.body`.
  standard: {
    needs: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    time: (signed) => signed.header('webhook-timestamp'),
    content: (signed) => [`${signed.header('webhook-id')}.${signed.header('webhook-timestamp')}.`, signed.body],
    signatures: (signed) =>
      (signed.header('webhook-signature') ?? '')
        .split(' ')
        .filter((one) => one.startsWith('v1,'))
        .map((one) => Buffer.from(one.slice(3), 'base64')),
    key: (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'),
  },
  // docs.github.com: "Validating webhook deliveries": over the body alone.
  github: {
    needs: ['x-hub-signature-256'],
    content: ({ body }) => [body],
    signatures: (signed) => [hex((signed.header('x-hub-signature-256') ?? '').replace(/^sha256=/, ''))],
  },
  // docs.stripe.com/webhooks: "Verify webhook signatures manually": `t=…,v1=…`, over `t.body`.
  stripe: {
    needs: ['stripe-signature'],
    time: (signed) => stripeParts(signed).find(([name]) => name === 't')?.[1],
    content: (signed) => [`${stripeParts(signed).find(([name]) => name === 't')?.[1]}.`, signed.body],
    signatures: (signed) =>
      stripeParts(signed)
        .filter(([name]) => name === 'v1')
        .map(([, value]) => hex(value)),
  },
  // api.slack.com/authentication/verifying-requests-from-slack: over `v0:timestamp:body`.
  slack: {
    needs: ['x-slack-request-timestamp', 'x-slack-signature'],
    time: (signed) => signed.header('x-slack-request-timestamp'),
    content: (signed) => [`v0:${signed.header('x-slack-request-timestamp')}:`, signed.body],
    signatures: (signed) => [hex((signed.header('x-slack-signature') ?? '').replace(/^v0=/, ''))],
  },
};

/** Most signatures that one request may bring: each is compared with what each secret gives. */
const MOST_SIGNATURES = 10;

/** The key that a secret stands for: of Standard Webhooks it is base64, after `whsec_`. */
export function secretKey(kind: HookKind, secret: string): Buffer {
  return SCHEMES[kind].key?.(secret) ?? Buffer.from(secret);
}

/** A header that a scheme needs and a request lacks. */
export function missingHeader(kind: HookKind, header: Signed['header']): string | undefined {
  return SCHEMES[kind].needs.find((name) => header(name) === undefined);
}

/** Checks that a source signed exactly these bytes, and not too long ago. Takes equally long for every wrong signature. */
export function prove({ kind, secrets, toleranceMs }: Signer, signed: Signed, now: number): Proof {
  const scheme = SCHEMES[kind];
  const missing = missingHeader(kind, (name) => signed.header(name));
  if (missing !== undefined) return { kind: 'refused', why: `it has no \`${missing}\` header` };
  const signatures = scheme.signatures(signed).slice(0, MOST_SIGNATURES);
  const wanted = secrets.map((secret) => hmac(secretKey(kind, secret), scheme.content(signed)));
  const matches = wanted.flatMap((one) => signatures.map((other) => equal(one, other)));
  if (!matches.includes(true)) return { kind: 'refused', why: 'its signature is by none of the secrets' };
  if (scheme.time === undefined) return { kind: 'proven' };
  const seconds = scheme.time(signed) ?? '';
  const off = now - Number(seconds) * 1000;
  if (/^\d{1,12}$/.test(seconds) && Math.abs(off) <= toleranceMs) return { kind: 'proven' };
  const away = Number.isFinite(off) ? `${Math.round(Math.abs(off) / 1000)} s ${off > 0 ? 'ago' : 'ahead'}` : 'no time';
  return { kind: 'refused', why: `it was signed ${away}, and ${toleranceMs / 1000} s are tolerated` };
}

/**
 * What makes it the same delivery when it is sent again: the id that was signed, or the content itself. GitHub's
 * `X-GitHub-Delivery` stands outside of the signature, so a replay could have a new one.
 */
export function deliveryOf(kind: HookKind, signed: Signed, body: unknown): string {
  const { id, event_id: eventId } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const given = { standard: signed.header('webhook-id'), github: undefined, stripe: id, slack: eventId }[kind];
  if (typeof given === 'string' && /^[\w.:-]{1,120}$/.test(given)) return given;
  const time = SCHEMES[kind].time?.(signed) ?? '';
  return createHash('sha256')
    .update(typeof given === 'string' ? given : time)
    .update('\n')
    .update(typeof given === 'string' ? '' : signed.body)
    .digest('hex')
    .slice(0, 40);
}

/** What kind of thing happened, in the source's own words. */
export function eventOf(kind: HookKind, signed: Signed, body: unknown): string {
  const said = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly type?: unknown;
    readonly command?: unknown;
    readonly event?: { readonly type?: unknown } | null;
  };
  const named = {
    standard: said.type,
    github: signed.header('x-github-event'),
    stripe: said.type,
    slack: said.event?.type ?? said.command ?? said.type,
  }[kind];
  return typeof named === 'string' ? named.slice(0, 100) : '';
}

function hmac(key: Buffer, content: readonly (string | Buffer)[]): Buffer {
  const made = createHmac('sha256', key);
  for (const part of content) made.update(part);
  return made.digest();
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
