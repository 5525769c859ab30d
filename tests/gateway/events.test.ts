import { expect, onTestFinished, test } from 'vitest';
import { IDLE_MS } from '../../contract/access.ts';
import { runOf } from '../store/samples.ts';
import { person } from '../support/browser.ts';
import { openGateway, OWNER_TOKEN } from '../support/open-gateway.ts';

/** What a stream said. */
interface Said {
  readonly id: number;
  readonly event: string;
  readonly data: string;
}

/** Listens until `enough`, then hangs up. */
async function listen(
  url: string,
  headers: Readonly<Record<string, string>>,
  enough: (said: readonly Said[], text: string) => boolean,
): Promise<{ readonly said: readonly Said[]; readonly text: string; readonly status: number }> {
  const hangUp = new AbortController();
  const response = await fetch(url, { headers, signal: AbortSignal.any([hangUp.signal, AbortSignal.timeout(15_000)]) });
  let text = '';
  let said: readonly Said[] = [];
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    said = text
      .split('\n\n')
      .filter((block) => block.includes('event:'))
      .map((block) => {
        const field = (name: string): string => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
        return { id: Number(field('id')), event: field('event'), data: field('data') };
      });
    if (enough(said, text)) break;
  }
  hangUp.abort();
  return { said, text, status: response.status };
}

const OWNER = { authorization: `Bearer ${OWNER_TOKEN}` };

test('who comes back hears all since, once, however often the line breaks', async () => {
  const { store, gateway } = await openGateway();
  const opening = (async () => {
    for (let index = 0; index < 40; index += 1) {
      await store.runs.open(runOf(`r${index}`));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const heard: Said[] = [];
  while (heard.length < 40) {
    const last = heard.at(-1)?.id;
    const resume = last === undefined ? {} : { 'last-event-id': String(last) };
    const { said } = await listen(
      `${gateway.url}/events?after=0`,
      { ...OWNER, ...resume },
      (some) => some.length >= 7 || heard.length + some.length >= 40,
    );
    heard.push(...said);
  }
  await opening;
  expect(heard.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(heard.map(({ data }) => (JSON.parse(data) as { run: string }).run)).toEqual(
    Array.from({ length: 40 }, (_, index) => `r${index}`),
  );
}, 30_000);

test('a page about a run hears of that run, and of what is on every page', async () => {
  const { store, gateway } = await openGateway();
  for (const key of ['r1', 'r2', 'r1', 'r3']) await store.runs.open(runOf(key));
  await store.alerts.raise({ key: 'k', kind: 'late', about: 'nightly', text: 'late', raisedAt: 1 });
  const { said } = await listen(`${gateway.url}/events?after=0&about=r2`, OWNER, (some) => some.length === 2);
  expect(said).toMatchObject([{ data: '{"kind":"run","run":"r2"}' }, { data: '{"kind":"alert"}' }]);
});

test('a stream says that it is there, ends with the session, and is not for strangers; a visitor has so many', async () => {
  const { store, gateway, ask, addUser, codeOf, signIn, sessionOf } = await openGateway({
    heartbeatMs: 100,
    now: Date.now,
  });
  await addUser('ada@example.com');
  const session = await sessionOf(await signIn(await codeOf('ada@example.com')));
  const url = `${gateway.url}/events`;
  const { text } = await listen(url, session.headers, (_said, all) => all.split(': still here').length > 3);
  expect(text).toContain('retry: 2000');
  const streams = Array.from({ length: 20 }, () =>
    listen(url, session.headers, (said) => said.some(({ event }) => event === 'end')),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await listen(url, session.headers, () => true)).status).toBe(429);
  expect((await listen(url, {}, () => true)).status).toBe(401);
  await ask('/sign-out', { method: 'POST', headers: session.headers, form: { csrf: session.csrf } });
  await store.runs.open(runOf('secret'));
  for (const { said } of await Promise.all(streams)) expect(said.map(({ event }) => event)).toEqual(['end']);
}, 30_000);

test('a page brings itself up to date, and leaves alone what somebody types, points at or has opened', async () => {
  const { store, gateway } = await openGateway({ now: Date.now });
  await store.harnesses.adopt('triage', {}, 'sha256:h', 1);
  const gate = { gate: 'main#1', stage: 'main#1', audit: false, because: 'rule', openedAt: Date.now() };
  const open = async (key: string, digit: string) => {
    const artefact = await store.artefacts.put(JSON.stringify({ title: `About ${key}` }), {
      runKey: key,
      keep: 'durable',
    });
    await store.runs.open(runOf(key, { openedAt: Date.now() }));
    await store.gates.open({ runKey: key, digest: `sha256:${digit.repeat(64)}`, artefact, ...gate });
  };
  await open('owls', '1');
  const context = await person({ baseURL: gateway.url, extraHTTPHeaders: OWNER });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('link', { name: /About owls/ }).focus();
  await open('bats', '2');
  await page.getByRole('link', { name: /About bats/ }).waitFor();
  expect(await page.locator('.count').textContent()).toContain('2');
  expect(await page.evaluate<string>('document.activeElement.textContent')).toContain('About owls');
  await page.goto(`/approvals/sha256:${'1'.repeat(64)}`);
  await page.getByLabel('Note').fill('half a sen');
  const other = await context.newPage();
  onTestFinished(() => other.close());
  await other.goto(`/approvals/sha256:${'1'.repeat(64)}`);
  await store.approvals.claim(`sha256:${'1'.repeat(64)}`, 'bob@example.com', Date.now() + 60_000, Date.now());
  await other.getByText('bob@example.com has it in hand').waitFor();
  await page.locator('[data-part="head"]', { hasText: 'claimed' }).waitFor();
  expect(await page.getByLabel('Note').inputValue()).toBe('half a sen');
  expect(await page.evaluate<string>('document.activeElement.name')).toBe('note');
}, 30_000);

test('a page that brings itself up to date keeps no session alive', async () => {
  const { ask, clock, addUser, codeOf, signIn, sessionOf } = await openGateway();
  await addUser('ada@example.com');
  const { headers } = await sessionOf(await signIn(await codeOf('ada@example.com')));
  const unattended = { ...headers, accept: 'text/html', 'x-loopwright-unattended': '1' };
  clock.now += IDLE_MS - 1;
  expect((await ask('/', { headers: unattended })).status).toBe(200);
  clock.now += 2;
  expect((await ask('/', { headers: unattended })).status).toBe(303);
});
