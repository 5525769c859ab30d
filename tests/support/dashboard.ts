import { generateKeyPairSync } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { LoopClient } from '../../client/loop-client.ts';
import { decisionKey } from '../../gateway/decision-key.ts';
import { SigningDesk } from '../../gateway/signing-desk.ts';
import { SCOPES, type Scope } from '../../contract/access.ts';
import type { BrowserContext, BrowserContextOptions } from 'playwright-core';
import { newCode } from '../../gateway/credentials.ts';
import { startGateway, type Gateway } from '../../gateway/serve.ts';
import { workshopOf } from '../../worker/workshop.ts';
import { person } from './browser.ts';
import { OWNER_TOKEN } from './open-gateway.ts';
import { rig, type Rig, type RigOptions } from './rig.ts';

/** A real worker with a dashboard on its store. */
export interface Dashboard extends Rig {
  readonly gateway: Gateway;
  /** A link that signs somebody in once. */
  readonly signInLink: (name: string, scopes?: readonly Scope[]) => Promise<string>;
  /** A window in which somebody has signed in. */
  readonly windowOf: (
    name: string,
    options?: BrowserContextOptions,
    scopes?: readonly Scope[],
  ) => Promise<BrowserContext>;
}

/** Sets up a rig with a dashboard: real Temporal, real store, real HTTP. */
export async function dashboard(options: RigOptions): Promise<Dashboard> {
  const key = decisionKey(generateKeyPairSync('ed25519').privateKey);
  const set = await rig({ ...options, decisionKeys: new Map([[key.id, key.publicKey]]) });
  const { client, loops, store, taskQueue } = set;
  const workshop = workshopOf({ loops, client, namespace: 'default', taskQueue, ui: 'http://127.0.0.1:8233' });
  const desk = new SigningDesk({ store, runs: new LoopClient(client, taskQueue), key, now: Date.now });
  const gateway = await startGateway(set.folder, {
    store,
    token: OWNER_TOKEN,
    pid: process.pid,
    desk: () => desk,
    workshop: () => workshop,
  });
  onTestFinished(() => gateway.stop());
  const signInLink: Dashboard['signInLink'] = async (name, scopes = SCOPES) => {
    const doing = { by: 'owner', at: Date.now() };
    await store.users.add({ name, roles: [], scopes }, doing);
    const { secret, hash } = newCode();
    await store.signIns.offer({ user: name, codeHash: hash }, doing);
    return `${gateway.url}/sign-in?code=${secret}`;
  };
  return {
    ...set,
    gateway,
    signInLink,
    windowOf: async (name, window = {}, scopes = SCOPES) => {
      const context = await person({ baseURL: gateway.url, ...window });
      const page = await context.newPage();
      await page.goto(await signInLink(name, scopes));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.close();
      return context;
    },
  };
}
