import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { CODE_MS, SCOPES } from '../../contract/access.ts';
import type { Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';

const doing = { by: 'root@box', at: 1000 };
const ada = { name: 'ada@example.com', roles: ['publisher'], scopes: ['read', 'decide'] } as const;
const token = { id: 'a1b2c3d4e5f6', user: ada.name, secretHash: 'h1', label: 'ci', scopes: ['read'] } as const;

/** What must hold of users and what lets them in, whatever is behind it. */
export function accessConformance(name: string, open: OpenEmptyStore): void {
  describe(`who may use the gateway, on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
      await store.users.add(ada, doing);
    });
    const logged = async () =>
      (await store.audit.list({ after: 0, limit: 100 }))
        .filter(({ kind }) => kind === 'access')
        .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

    test('a name is one user, who was there first', async () => {
      expect(await store.users.add({ ...ada, scopes: SCOPES }, { by: 'eve', at: 2000 })).toEqual({
        ...ada,
        createdAt: 1000,
      });
      expect(await store.users.list()).toHaveLength(1);
      expect(await logged()).toMatchObject([{ what: 'user added', by: 'root@box', user: ada.name }]);
    });

    test('what is not named in a change stays; no change is none on the log', async () => {
      expect(await store.users.change({ name: ada.name, roles: ['lead'] }, doing)).toMatchObject({
        roles: ['lead'],
        scopes: ada.scopes,
      });
      await store.users.change({ name: ada.name, roles: ['lead'] }, doing);
      expect(await store.users.change({ name: ada.name, disabled: true }, { ...doing, at: 5 })).toMatchObject({
        disabledAt: 5,
        roles: ['lead'],
      });
      const { disabledAt } = (await store.users.change({ name: ada.name, disabled: false }, doing)) ?? {};
      expect(disabledAt).toBeUndefined();
      expect(await store.users.change({ name: 'nobody', disabled: true }, doing)).toBeUndefined();
      expect(await logged()).toHaveLength(4);
    });

    test('a token may do no more than its user, and its user has to be there', async () => {
      await expect(store.apiTokens.add({ ...token, scopes: ['start'] }, doing)).rejects.toMatchObject({
        type: 'InvalidInput',
        message: 'A token may do no more than its user: ada@example.com may not start.',
      });
      await expect(store.apiTokens.add({ ...token, user: 'bo' }, doing)).rejects.toThrow('There is no user "bo"');
      await store.users.change({ name: ada.name, disabled: true }, doing);
      await expect(store.apiTokens.add(token, doing)).rejects.toThrow('is disabled');
      expect(await store.apiTokens.list()).toEqual([]);
    });

    test('a token is found with its user, its use is noted, and revoking it stays', async () => {
      await store.apiTokens.add(token, doing);
      await store.apiTokens.used(token.id, 3000);
      expect(await store.apiTokens.find(token.id)).toMatchObject({
        user: { name: ada.name },
        secretHash: 'h1',
        token: { lastUsedAt: 3000, scopes: ['read'] },
      });
      await store.apiTokens.revoke(token.id, { ...doing, at: 4000 });
      expect(await store.apiTokens.revoke(token.id, { ...doing, at: 5000 })).toMatchObject({ revokedAt: 4000 });
      expect(await store.apiTokens.revoke('nothing', doing)).toBeUndefined();
      expect(await store.apiTokens.list(ada.name)).toHaveLength(1);
      expect(await store.apiTokens.list('bo')).toEqual([]);
    });

    test('of two who use one code at once, one is in', async () => {
      await store.signIns.offer({ user: ada.name, codeHash: 'c1' }, doing);
      const redeem = (idHash: string) => store.signIns.redeem({ codeHash: 'c1', idHash, at: 2000 });
      const answers = await Promise.all([redeem('s1'), redeem('s2')]);
      expect(answers).toEqual([
        { kind: 'opened', user: ada.name },
        { kind: 'refused', why: 'used' },
      ]);
      expect(await store.sessions.find('s1')).toMatchObject({ user: { name: ada.name } });
      expect(await store.sessions.find('s2')).toBeUndefined();
    });

    test('a code is refused that nobody made, that is too old, or whose user is disabled', async () => {
      const redeem = (codeHash: string, at: number) => store.signIns.redeem({ codeHash, idHash: 's1', at });
      expect(await redeem('c0', 1)).toEqual({ kind: 'refused', why: 'unknown' });
      const until = await store.signIns.offer({ user: ada.name, codeHash: 'c1' }, doing);
      expect(until).toBe(1000 + CODE_MS);
      expect(await redeem('c1', until)).toEqual({ kind: 'refused', why: 'expired' });
      await store.users.change({ name: ada.name, disabled: true }, doing);
      expect(await redeem('c1', 2000)).toEqual({ kind: 'refused', why: 'disabled' });
    });

    test('who is disabled is signed out; a copy knows no session and no code', async () => {
      await store.sessions.open({ idHash: 's1', user: ada.name, at: 1000 });
      await store.users.change({ name: ada.name, disabled: true }, { ...doing, at: 2000 });
      expect(await store.sessions.find('s1')).toMatchObject({ session: { endedAt: 2000 } });
      await store.users.change({ name: ada.name, disabled: false }, doing);
      await store.sessions.open({ idHash: 's2', user: ada.name, at: 1000 });
      await store.signIns.offer({ user: ada.name, codeHash: 'c1' }, doing);
      await store.sessions.endAll(3000);
      expect(await store.sessions.find('s2')).toMatchObject({ session: { endedAt: 3000 } });
      expect(await store.signIns.redeem({ codeHash: 'c1', idHash: 's3', at: 1001 })).toMatchObject({ why: 'unknown' });
    });
  });
}
