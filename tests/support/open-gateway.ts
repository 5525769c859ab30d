import { request } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SCOPES, type Scope } from '../../contract/access.ts';
import type { GatewayOptions } from '../../gateway/app.ts';
import { newCode, newToken } from '../../gateway/credentials.ts';
import { startGateway } from '../../gateway/serve.ts';
import { openStore } from '../../store/index.ts';

/** The token of its owner. */
export const OWNER_TOKEN = 'ab'.repeat(32);

/** What the gateway answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A form's fields, or anything else as JSON. */
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** A browser that has signed in. */
export interface SignedIn {
  /** Headers of what its pages send to change something, without the token against forgery. */
  readonly headers: Readonly<Record<string, string>>;
  readonly csrf: string;
}

/** A gateway that listens on a store of its own, with a clock of its own; it goes when the test ends. */
export async function openGateway(options: Partial<GatewayOptions> = {}) {
  const data = await mkdtemp(join(tmpdir(), 'loopwright-gateway-'));
  const store = await openStore(data, process.pid);
  const clock = { now: Date.now() };
  const gateway = await startGateway(data, {
    store,
    token: OWNER_TOKEN,
    pid: process.pid,
    now: () => clock.now,
    ...options,
  });
  onTestFinished(async () => {
    await gateway.stop();
    await store.close();
    await rm(data, { recursive: true, force: true });
  });
  const ask = (path: string, asking: Asking = {}) => send(gateway.port, path, asking);
  const doing = () => ({ by: 'owner', at: clock.now });
  return {
    data,
    store,
    gateway,
    clock,
    ask,
    /** Adds a user, who may do all unless said otherwise. */
    addUser: (name: string, scopes: readonly Scope[] = SCOPES) => store.users.add({ name, roles: [], scopes }, doing()),
    /** An API token of a user. */
    tokenOf: async (user: string, scopes: readonly Scope[] = SCOPES, expiresAt?: number) => {
      const { id, secret, hash } = newToken();
      const until = expiresAt === undefined ? {} : { expiresAt };
      await store.apiTokens.add({ id, user, secretHash: hash, label: 'test', scopes, ...until }, doing());
      return { id, secret, headers: { authorization: `Bearer ${secret}` } };
    },
    /** A code that signs a user in once. */
    codeOf: async (user: string) => {
      const { secret, hash } = newCode();
      await store.signIns.offer({ user, codeHash: hash }, doing());
      return secret;
    },
    /** Signs in with a code or a token, as the page's own form does. */
    signIn: async (credential: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
      const own = { origin: gateway.url, 'sec-fetch-site': 'same-origin' };
      return await ask('/sign-in', { method: 'POST', headers: { ...own, ...headers }, form: { credential } });
    },
    /** The session that an answer gave. */
    sessionOf: async (answer: Answer): Promise<SignedIn> => {
      const headers = { cookie: cookieOf(answer), origin: gateway.url, 'sec-fetch-site': 'same-origin' };
      const page = await ask('/sign-out', { headers });
      return { headers, csrf: /name="csrf" value="(\w+)"/.exec(page.text)?.[1] ?? '' };
    },
  };
}

/** The cookie that an answer sets, as a browser sends it back. */
export function cookieOf({ headers }: Answer): string {
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

/** Asks a gateway on this machine. */
export async function send(
  port: number,
  path: string,
  { method = 'GET', headers = {}, form, json }: Asking = {},
): Promise<Answer> {
  const body =
    form === undefined ? (json === undefined ? undefined : JSON.stringify(json)) : new URLSearchParams(form).toString();
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const all = body === undefined ? headers : { 'content-type': type, ...headers };
  return await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    asked.on('error', reject).end(body);
  });
}
