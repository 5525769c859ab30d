import { expect, test } from 'vitest';
import { fillStore } from '../../support/busy-store.ts';
import { person } from '../../support/browser.ts';
import { openGateway, OWNER_TOKEN } from '../../support/open-gateway.ts';

const APPROVAL = `/approvals/sha256:${'d'.repeat(63)}0`;

test('single keys do what the help says, not while somebody types, not with Ctrl, and not once they are off', async () => {
  const { store, gateway } = await openGateway({ now: Date.now });
  await fillStore(store, Date.now());
  const context = await person({ baseURL: gateway.url, extraHTTPHeaders: { authorization: `Bearer ${OWNER_TOKEN}` } });
  const page = await context.newPage();
  const ready = () => page.locator('#keys:not([hidden])').waitFor();
  const selected = () => page.locator('[aria-selected="true"] .what').textContent();
  await page.goto('/');
  await ready();
  await page.keyboard.press('j');
  const first = await selected();
  await page.keyboard.press('j');
  const second = await selected();
  expect(second).not.toBe(first);
  await page.keyboard.press('k');
  expect(await selected()).toBe(first);
  await page.goto(APPROVAL);
  await ready();
  await page.keyboard.press('r');
  expect(await page.evaluate('document.activeElement.name')).toBe('note');
  expect(await page.evaluate('document.activeElement.closest("form").action')).toMatch(/\/reject$/);
  // While somebody types, letters are letters.
  await page.keyboard.type('a rude reply, jokers e?');
  expect(await page.evaluate('document.activeElement.value')).toBe('a rude reply, jokers e?');
  await page.locator('h1').click();
  await page.keyboard.press('Control+e');
  expect(page.url()).not.toContain('/edit');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.getByLabel('Single-key shortcuts are on').uncheck();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('e');
  await page.goto('/');
  await ready();
  await page.keyboard.press('j');
  expect(await page.locator('[aria-selected="true"]').count()).toBe(0);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await page.getByLabel('Single-key shortcuts are on').check();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('j');
  expect(await selected()).toBe(first);
}, 60_000);

test('where there is no EventSource, a page asks every ten seconds', async () => {
  const { store, gateway } = await openGateway({ now: Date.now });
  const context = await person({ baseURL: gateway.url, extraHTTPHeaders: { authorization: `Bearer ${OWNER_TOKEN}` } });
  await context.addInitScript('delete window.EventSource');
  const page = await context.newPage();
  await page.clock.install();
  await page.goto('/');
  await page.getByText('Nothing waits for people.').waitFor();
  await fillStore(store, Date.now());
  await page.clock.runFor(10_500);
  await page
    .getByRole('link', { name: /transaction_charged_twice/ })
    .first()
    .waitFor();
}, 60_000);
