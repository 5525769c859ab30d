import { expect, onTestFinished, test } from 'vitest';
import { SCOPES } from '../../../contract/access.ts';
import { openStore } from '../../../store/index.ts';
import { gatewayOrigin } from '../../../worker/access/gateway-origin.ts';
import { starterLink, starterName } from '../../../worker/access/starter.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';

const ORIGIN = 'http://127.0.0.1:7733';

test('whoever starts a new folder is its first user, and gets a link; where others are, only one of them does', async () => {
  const store = await openStore(await temporaryFolder(), process.pid);
  onTestFinished(() => store.close());
  const link = (name: string) => starterLink(store, { name, origin: ORIGIN, now: () => 1000 });
  expect(await link('root@box')).toMatch(/^http:\/\/127\.0\.0\.1:7733\/sign-in\?code=lwc_[0-9a-f]{64}$/);
  expect(await store.users.list()).toEqual([{ name: 'root@box', roles: [], scopes: SCOPES, createdAt: 1000 }]);
  expect(await link('root@box')).not.toBe(await link('root@box'));
  expect(await link('eve@box')).toBeUndefined();
  await store.users.change({ name: 'root@box', disabled: true }, { by: 'owner', at: 2000 });
  expect(await link('root@box')).toBeUndefined();
  expect(await store.users.list()).toHaveLength(1);
});

test('who started this has a name that a user can have', () => {
  expect(starterName({})).toMatch(/^[^\s,]+@[^\s,]+$/);
});

test('the address of a proxy is an origin of https, or no address', () => {
  const of = (origin: string) => gatewayOrigin({ LOOPWRIGHT_ORIGIN: origin });
  expect([of(''), of('https://loops.example.com'), of('https://loops.example.com:8443/')]).toEqual([
    undefined,
    'https://loops.example.com',
    'https://loops.example.com:8443',
  ]);
  for (const wrong of [
    'http://loops.example.com',
    'loops.example.com',
    'https://a.example/loops',
    'https://u:p@a.example',
  ])
    expect(() => of(wrong)).toThrow('Expected LOOPWRIGHT_ORIGIN to be an origin such as https://loops.example.com');
});
