import { expect, test } from 'vitest';
import { openGateway } from '../../support/open-gateway.ts';
import { candidateOf, moving } from '../../store/samples.ts';

const PATH = '/loops/triage/harness';

/** A loop whose candidate a person promoted without proof, and somebody who is signed in. */
async function opened(scopes: readonly ('read' | 'decide')[] = ['read', 'decide']) {
  const gateway = await openGateway();
  const { store } = gateway;
  await store.harnesses.adopt('triage', { instructions: 'Sort it.' }, 'sha256:1', 1000);
  const candidate = candidateOf('sha256:c', { manifest: { ...candidateOf('').manifest, summary: '<b>bold</b>' } });
  await store.candidates.propose(candidate, { body: { instructions: 'Sort it well.' }, digest: 'sha256:2' });
  await store.harnesses.promote({
    ...moving('p'),
    version: 'v2',
    expected: 'v1',
    e: 3.14,
    unproven: true,
    experiment: 'trial-1',
  });
  await gateway.addUser('ada@example.com', scopes);
  const { headers, csrf } = await gateway.sessionOf(await gateway.signIn(await gateway.codeOf('ada@example.com')));
  const page = async (path = PATH) => (await gateway.ask(path, { headers: { ...headers, accept: 'text/html' } })).text;
  const send = (form: Record<string, string>) =>
    gateway.ask(`${PATH}/rollback`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/html' },
      form: { csrf, ...form },
    });
  return { ...gateway, page, send };
}

test('the page says on what evidence a version runs, what it changed, and shows hostile words as words', async () => {
  const { page } = await opened();
  const text = await page();
  expect(text).toMatch(/href="\/experiments\/trial-1">3\.14<\/a>.*promoted unproven/s);
  expect(text).toMatch(/May be false.*0\.3 of 1/s);
  expect(text).toMatch(/<del>it\.<\/del><ins>it well\.<\/ins>/);
  expect(text).toContain('&lt;b&gt;bold&lt;/b&gt;');
  expect(await page(`${PATH}?from=v2&to=v1`)).toMatch(/<del>it well\.<\/del><ins>it\.<\/ins>/);
  expect(await page('/loops/triage')).toContain(`href="${PATH}"`);
});

test('going back names what was shown: once, with a reason, and not past what somebody else did', async () => {
  const { store, send, page } = await opened();
  expect(await page()).toMatch(/<option value="v1"\s+selected/);
  const key = /name="key"\s+value="([\w-]+)"/.exec(await page())?.[1] ?? '';
  const form = { key, expected: 'v2', to: 'v1' };
  expect(await send({ ...form, reason: ' ' })).toMatchObject({ status: 422 });
  const moved = await send({ ...form, reason: 'it asks too often' });
  expect(moved).toMatchObject({ status: 303, headers: { location: `${PATH}?done=v1` } });
  expect(await page(`${PATH}?done=v1`)).toContain('New runs take v1 from now on.');
  expect(await page(`${PATH}?done=v2`)).not.toContain('from now on');
  expect((await send({ ...form, reason: 'it asks too often' })).status).toBe(303);
  expect(await store.harnesses.moves('triage', 9)).toMatchObject([
    { kind: 'rollback', by: 'ada@example.com', reason: 'it asks too often' },
    { kind: 'promotion' },
    { kind: 'file' },
  ]);
  const late = await send({ ...form, key: 'another-key', reason: 'mine too' });
  expect(late.status).toBe(409);
  expect(late.text).toContain('Somebody was first: it runs on v1 now.');
});

test('who may not decide is shown no form, and is refused', async () => {
  const { page, send, store } = await opened(['read']);
  expect(await page()).toMatch(/You may look, not go back/);
  expect((await send({ key: 'some-key-1', expected: 'v2', reason: 'x' })).status).toBe(403);
  expect((await store.harnesses.current('triage'))?.version).toBe(2);
});

test('a version of which nothing is left is no way back, and says nothing', async () => {
  const { store, page, send } = await opened();
  const named = (text: string): boolean => text.includes('Sort it.');
  await store.erasures.erase({ id: 'o', named, runs: [], by: 'officer', files: 0, at: 5 });
  expect((await store.harnesses.find('triage', 'v1'))?.body).toBeNull();
  expect(await page()).toContain('All that v2 says');
  const back = await send({ key: 'some-key-1', expected: 'v2', to: 'v1', reason: 'as it was' });
  expect(back).toMatchObject({ status: 409, text: expect.stringContaining('v1 of loop triage was erased') as unknown });
});
