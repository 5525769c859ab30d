import { z } from 'zod';

/** Milliseconds since 1970. */
const Moment = z.int().min(0);

/** What somebody may do: look at everything; decide at gates and answer what is asked of people; start, stop and repeat runs. */
export const SCOPES = ['read', 'decide', 'start'] as const;
/** What somebody may do. */
export const Scope = z.enum(SCOPES);
/** What somebody may do. */
export type Scope = z.infer<typeof Scope>;

/** Who asks the gateway. */
export interface Visitor {
  readonly name: string;
  readonly roles: readonly string[];
  readonly scopes: readonly Scope[];
  /** A browser that signed in, an API token, or a command of this machine that read `gateway.json`. */
  readonly via: 'session' | 'token' | 'owner';
  /** What forms of a session carry as `csrf`, and its requests of JSON as `X-CSRF-Token`. */
  readonly csrf?: string;
}

/** A user's name, such as ada@example.com: small letters, so that one person is not two. */
export const UserName = z
  .string()
  .normalize('NFKC')
  .trim()
  .toLowerCase()
  .regex(/^[^\s\p{C},]{1,200}$/u, 'expected 1 to 200 characters without spaces and commas, such as ada@example.com');

/** A role that approval policies name, such as `publisher`. */
const Role = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a role such as `publisher`: small letters, digits and `-`');
const Roles = z.array(Role).max(20).readonly();
const Scopes = z.array(Scope).max(SCOPES.length).readonly();

/** Somebody who may use the gateway. */
export const User = z.object({
  name: z.string(),
  roles: z.array(z.string()).readonly(),
  scopes: Scopes,
  createdAt: Moment,
  /** Since when nobody is let in under this name. */
  disabledAt: Moment.optional(),
});
/** Somebody who may use the gateway. */
export type User = z.infer<typeof User>;

/** A user to add. */
export const NewUser = z.strictObject({ name: UserName, roles: Roles, scopes: Scopes });
/** A user to add. */
export type NewUser = z.infer<typeof NewUser>;

/** What of a user to change; what is absent stays. */
export const UserChange = z.strictObject({
  name: UserName,
  roles: Roles.optional(),
  scopes: Scopes.optional(),
  disabled: z.boolean().optional(),
});
/** What of a user to change. */
export type UserChange = z.infer<typeof UserChange>;

/** Hexadecimal SHA-256 of a secret: the secret itself is nowhere but with whoever was given it. */
const SecretHash = z.string().regex(/^[0-9a-f]{64}$/);

/** An API token as it is kept. Whoever makes one draws id and secret, so that asking twice makes one. */
export const ApiToken = z.object({
  id: z.string(),
  user: z.string(),
  label: z.string(),
  scopes: Scopes,
  createdAt: Moment,
  expiresAt: Moment.optional(),
  lastUsedAt: Moment.optional(),
  revokedAt: Moment.optional(),
});
/** An API token as it is kept, without what proves it. */
export type ApiToken = z.infer<typeof ApiToken>;

/** An API token to make. */
export const NewApiToken = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  user: UserName,
  secretHash: SecretHash,
  label: z.string().max(200),
  scopes: Scopes,
  expiresAt: Moment.optional(),
});
/** An API token to make. */
export type NewApiToken = z.infer<typeof NewApiToken>;

/** A code that signs somebody in once. */
export const NewSignInCode = z.strictObject({ user: UserName, codeHash: SecretHash });
/** A code that signs somebody in once. */
export type NewSignInCode = z.infer<typeof NewSignInCode>;

/** Until when a code signs in, and where. */
export const SignInOffer = z.object({ expiresAt: Moment, origin: z.string() });
/** Until when a code signs in, and where. */
export type SignInOffer = z.infer<typeof SignInOffer>;

/** How long a code signs in, in milliseconds. */
export const CODE_MS = 10 * 60_000;

/** A session, without what proves it. */
export interface Session {
  readonly user: string;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly endedAt?: number;
}

/** How long a session lasts that nobody uses, in milliseconds. */
export const IDLE_MS = 8 * 60 * 60_000;

/** How long a session lasts at most, in milliseconds. */
export const SESSION_MS = 7 * 24 * 60 * 60_000;
