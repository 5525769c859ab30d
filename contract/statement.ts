import { z } from 'zod';

/** Longest that a statement may be good for, in seconds: long enough for a slow network, too short to be kept. */
export const STATEMENT_SECONDS = 300;

/** Header of a statement: a compact JWS (RFC 7515) over Ed25519 (RFC 8037). */
export const StatementHeader = z.object({ alg: z.literal('EdDSA'), typ: z.literal('decision+jws'), kid: z.string() });

/** What the gateway signs for somebody who decides: this person, in these roles, decides exactly this, now. */
export const Statement = z.object({
  /** Key of the run. */
  run: z.string(),
  gate: z.string(),
  /** Digest of what was shown. */
  digest: z.string(),
  /** SHA-256 of the decision as it was sent, as canonical JSON without its signature. */
  decision: z.string(),
  by: z.string(),
  roles: z.array(z.string()),
  /** Seconds since 1970. */
  iat: z.int(),
  exp: z.int(),
  /** Makes it good for one decision. */
  nonce: z.string(),
});
/** What the gateway signs for somebody who decides. */
export type Statement = z.infer<typeof Statement>;
