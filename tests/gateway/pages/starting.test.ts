import { expect, test } from 'vitest';
import { dashboard } from '../../support/dashboard.ts';
import { good, titleLoop } from '../../support/loops.ts';

const ADA = 'ada@example.com';

test('a run is started from a form of its input, once however often it is sent, by who is signed in', async () => {
  const { windowOf, adopt, rows } = await dashboard({
    loops: [{ loop: titleLoop('writeTitle', { dedupe: () => undefined }) }],
    script: [good('owls')],
  });
  const page = await (await windowOf(ADA)).newPage();
  await page.goto('/loops/writeTitle');
  await page.getByRole('link', { name: 'Start a run' }).click();
  await page.waitForURL(/\/start$/);
  await page.getByLabel('id').fill('4711');
  await page.getByLabel('topic').fill('x'.repeat(200_001));
  await page.getByRole('button', { name: 'Start' }).click();
  expect(await page.getByRole('status').first().textContent()).toMatch(/topic.*200000/s);
  expect(await page.getByLabel('id').inputValue()).toBe('4711');
  await page.getByLabel('topic').fill('owls');
  const form = await page.evaluate<Record<string, string>>(
    'Object.fromEntries(new FormData(document.querySelector("form.form")))',
  );
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL(/\/runs\/writeTitle-/);
  const workflowId = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
  expect(await (await adopt(workflowId)).result()).toMatchObject({
    outcome: 'accepted',
    output: { title: 'About owls' },
  });
  await page.reload();
  expect(await page.locator('main').textContent()).toMatch(/accepted.*by hand.*ada@example.com/s);
  const trigger = JSON.stringify({ kind: 'manual', source: 'dashboard', by: ADA });
  expect(await rows('select trigger from runs')).toEqual([{ trigger }]);
  const headers = { origin: new URL(page.url()).origin };
  const again = await page.request.post('/loops/writeTitle/start', { form, headers, maxRedirects: 0 });
  expect(again.headers()['location']).toBe(`/runs/${encodeURIComponent(workflowId)}?done=running`);
  expect(await rows('select count(*) as n from runs')).toEqual([{ n: 1 }]);
}, 60_000);

test('who may not start is told so, and is shown no button', async () => {
  const { windowOf } = await dashboard({ loops: [{ loop: titleLoop() }], script: [] });
  const page = await (await windowOf('eve@example.com', {}, ['read'])).newPage();
  await page.goto('/loops/writeTitle');
  expect(await page.getByRole('link', { name: 'Start a run' }).count()).toBe(0);
  const answer = await page.goto('/loops/writeTitle/start');
  expect(answer?.status()).toBe(403);
  expect(await page.locator('main').textContent()).toMatch(/eve@example.com may not start here/);
});
