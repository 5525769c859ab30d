import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { person } from '../support/browser.ts';
import { openGateway } from '../support/open-gateway.ts';

const ADA = 'ada@example.com';

/** Somebody else's page, on another port of this machine. */
async function elsewhere(html: string): Promise<string> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test.each(['127.0.0.1', 'localhost'])(
  'in Chromium on %s a link signs in, by its button; the cookie stays, no script sees it, and signing out ends it',
  async (host) => {
    const { addUser, ask, codeOf, gateway } = await openGateway();
    await addUser(ADA);
    const base = `http://${host}:${gateway.port}`;
    const browser = await person();
    const page = await browser.newPage();
    await page.goto(`${base}/sign-in?next=%2Fsign-out&code=${await codeOf(ADA)}`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${base}/sign-out`);
    expect(await page.textContent('main')).toContain(`You are signed in as ${ADA}.`);

    const [cookie] = await browser.cookies();
    expect(cookie).toMatchObject({
      name: '__Host-loopwright',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      path: '/',
    });
    expect(await page.evaluate<string>('document.cookie')).toBe('');
    const status = await page.evaluate(async () => (await fetch('/api/runs?limit=1')).status);
    expect(status).toBe(200);

    // The page's own form, which says `Origin: null` under this referrer policy.
    await page.click('button');
    await page.waitForURL(`${base}/sign-in`);
    expect(await browser.cookies()).toEqual([]);
    const held = { cookie: `__Host-loopwright=${cookie?.value ?? ''}` };
    expect(await ask('/api/runs?limit=1', { headers: held })).toMatchObject({ status: 401 });
  },
);

test.each(['light', 'dark'] as const)(
  'every page and state of the sign-in is accessible, %s and 320 px wide',
  async (colorScheme) => {
    const { addUser, codeOf, gateway, tokenOf } = await openGateway();
    await addUser(ADA);
    const browser = await person({ viewport: { width: 320, height: 700 }, colorScheme });
    const page = await browser.newPage();
    const see = async (name: string, words: string) => {
      expect(await page.textContent('main'), name).toContain(words);
      await expectAccessible(page, name);
    };
    await page.goto(`${gateway.url}/sign-in`);
    await see('form', 'One-time code or API token');
    await page.fill('#credential', 'wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert]');
    await see('refused', 'Nobody knows this code or token.');
    for (let tries = 0; tries < 10; tries += 1)
      await page.request.post(`${gateway.url}/sign-in`, { form: { credential: 'x' } });
    await page.fill('#credential', 'wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Too many');
    await see('flooded', 'Try again in');
    await page.goto(`${gateway.url}/sign-in?next=%2Fsign-out&code=${await codeOf(ADA)}`);
    await see('link', 'This link signs you in once.');
    await page.click('button');
    await page.waitForURL(`${gateway.url}/sign-out`);
    await see('out', `You are signed in as ${ADA}.`);
    await page.goto(`${gateway.url}/sign-in`);
    await page.fill('#credential', (await tokenOf(ADA, ['start'])).secret);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${gateway.url}/`);
    await see('forbidden', 'may not read here');
  },
);

test('in Chromium a page of somebody else can send nothing that counts, and can show nothing of ours', async () => {
  const { addUser, codeOf, gateway, store, clock } = await openGateway();
  await addUser(ADA);
  const browser = await person();
  const page = await browser.newPage();
  await page.goto(`${gateway.url}/sign-in?next=%2Fsign-out&code=${await codeOf(ADA)}`);
  await page.click('button');
  await page.waitForURL(`${gateway.url}/sign-out`);
  const csrf = await page.getAttribute('input[name=csrf]', 'value');

  // It even knows the token against forgery.
  const evil =
    await elsewhere(`<form method="post" action="${gateway.url}/sign-out"><input name="csrf" value="${csrf}"><button>win</button></form>
    <iframe src="${gateway.url}/sign-out"></iframe>`);
  await page.goto(evil);
  const fetched = await page.evaluate(async (url) => {
    const body = JSON.stringify({ source: 'a', delivery: 'b' });
    const simple = { method: 'POST', body, credentials: 'include', mode: 'no-cors' } as const;
    const sent = await fetch(`${url}/api/deliveries/retry`, simple).then(
      (answer) => answer.type,
      () => 'failed',
    );
    const read = await fetch(`${url}/api/runs?limit=1`, { credentials: 'include' }).then(
      () => 'read',
      () => 'refused',
    );
    return { sent, read };
  }, gateway.url);
  expect(fetched.read).toBe('refused');
  expect(await page.frames()[1]?.title()).not.toContain('Loopwright');
  await page.click('button');
  await page.waitForURL(`${gateway.url}/sign-out`);
  expect(await page.textContent('body')).toContain('CrossOrigin');
  await page.goto(`${gateway.url}/sign-out`);
  expect(await page.textContent('main')).toContain('You are signed in as');

  await store.users.change({ name: ADA, disabled: true }, { by: 'owner', at: clock.now });
  await page.goto(`${gateway.url}/sign-out`);
  expect(page.url()).toBe(`${gateway.url}/sign-in`);
});
