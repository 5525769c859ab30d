import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret of ours. Each kind begins with a mark of its own, so that it is recognised wherever it should not be. */
export interface Secret {
  /** What its holder keeps. */
  readonly secret: string;
  /** SHA-256 of it: what we keep. */
  readonly hash: string;
}

/** An API token: `lw_<id>_<secret>`. Its hash is over the secret alone. */
export interface TokenSecret extends Secret {
  readonly id: string;
}

const draw = (): string => randomBytes(32).toString('hex');

/** A new API token. */
export function newToken(): TokenSecret {
  const [id, secret] = [randomBytes(6).toString('hex'), draw()];
  return { id, secret: `lw_${id}_${secret}`, hash: hashOf(secret) };
}

/** A new code that signs in once. */
export const newCode = (): Secret => marked('lwc');

/** What a new session's browser holds. */
export const newSession = (): Secret => marked('lws');

function marked(mark: string): Secret {
  const secret = `${mark}_${draw()}`;
  return { secret, hash: hashOf(secret) };
}

/** An API token's parts; undefined where it is none. */
export function readToken(text: string): Omit<TokenSecret, 'secret'> | undefined {
  const [, id, secret] = /^lw_([0-9a-f]{12})_([0-9a-f]{64})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, hash: hashOf(secret) };
}

/** Hexadecimal SHA-256. A slow hash is for what people think up: these are 256 random bits. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether two secrets are one. Digests are compared, so that it takes equally long whatever was sent. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());
}

/** What the forms of a session carry. Made from what its browser holds, which cannot be found from it. */
export function csrfOf(session: string): string {
  return hashOf(`csrf\n${session}`);
}
