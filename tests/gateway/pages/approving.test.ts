import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { person } from '../../support/browser.ts';
import { dashboard } from '../../support/dashboard.ts';
import { until } from '../../support/rig.ts';
import { good, titleLoop } from '../../support/loops.ts';

const ADA = 'ada@example.com';
const ASKS = 'approval: { when: "true", expiresAfter: 1 hour }';

async function waiting(topics: readonly string[] = ['owls'], harness = ASKS) {
  const works = [...new Set(topics)];
  const set = await dashboard({
    loops: [{ loop: titleLoop(), harness }],
    script: topics.map((topic) => good(topic)),
  });
  const handles = [];
  for (const topic of works) {
    const handle = await set.start('writeTitle', { id: topic, topic });
    await set.gate(handle);
    handles.push(handle);
  }
  return { ...set, handles };
}

/** Presses a key once the page hears keys: its script may still be loading. */
async function press(page: Page, key: string): Promise<void> {
  await page.locator('#keys:not([hidden])').waitFor();
  await page.keyboard.press(key);
}

/** What has the focus is called. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>('document.activeElement?.textContent.trim() ?? ""');
}

/** Goes on with Tab until what has the focus is called so; keys are all there is. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let times = 0; times < 60; times += 1) {
    await page.keyboard.press('Tab');
    const text = await focused(page);
    if (name.test(text)) return;
  }
  throw new Error(`The keyboard never came to ${String(name)}.`);
}

test('from the sign-in to an approval that the run has heard, with nothing but keys', async () => {
  const { signInLink, handles, gateway } = await waiting();
  const page = await (await person({ baseURL: gateway.url })).newPage();
  await page.goto(await signInLink(ADA));
  await tabTo(page, /^Sign in$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${gateway.url}/`);
  await press(page, 'j');
  await press(page, 'o');
  await page.waitForURL(/\/approvals\//);
  await press(page, 'a');
  expect(await focused(page)).toBe('Approve');
  await page.keyboard.press('Enter');
  await page.waitForURL(/done=approved/);
  expect(await page.getByRole('status').first().textContent()).toMatch(/Approved|approval was taken/);
  expect(await handles[0]?.result()).toMatchObject({ outcome: 'accepted' });
});

test('the same without JavaScript, by links and forms', async () => {
  const { windowOf, handles } = await waiting();
  const page = await (await windowOf(ADA, { javaScriptEnabled: false })).newPage();
  await page.goto('/');
  await tabTo(page, /About owls/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/approvals\//);
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/done=approved/);
  expect(await handles[0]?.result()).toMatchObject({ outcome: 'accepted' });
});

test('an edit keeps its types, is verified again, and is what acts', async () => {
  const { windowOf, handles, rows } = await waiting();
  const page = await (await windowOf(ADA)).newPage();
  await page.goto('/');
  await page.getByRole('link', { name: /About owls/ }).click();
  await page.waitForURL(/\/approvals\//);
  await press(page, 'e');
  await page.waitForURL(/\/edit$/);
  await page.getByLabel('title').fill('All of owls');
  await page.getByLabel('confidence').fill('much');
  await page.getByRole('button', { name: 'Send this version' }).click();
  expect(await page.getByRole('status').first().textContent()).toMatch(/confidence.*number/s);
  expect(await page.getByLabel('title').inputValue()).toBe('All of owls');
  await page.getByLabel('confidence').fill('0.5');
  await page.getByRole('button', { name: 'Send this version' }).click();
  await page.waitForURL(/done=edited/);
  expect(await handles[0]?.result()).toMatchObject({
    outcome: 'accepted',
    output: { title: 'All of owls', confidence: 0.5 },
  });
  expect(await rows('select body from outbox')).toMatchObject([{ body: expect.stringContaining('0.5') as unknown }]);
});

test('a rejection needs its note, and another attempt what should be different', async () => {
  const { windowOf, handles, rows } = await waiting(['owls', 'bats', 'bats']);
  const context = await windowOf(ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('link', { name: /owls/ }).click();
  await page.waitForURL(/\/approvals\//);
  const shown = page.url();
  await page.goto(`${shown}?do=reject`);
  const form = page.locator('form[action$="/reject"]');
  await form.locator('textarea').fill(' ');
  await form.getByRole('button').click();
  expect(await page.getByRole('status').first().textContent()).toMatch(/Expected a note/);
  await page.locator('form[action$="/reject"] textarea').fill('nobody wants owls');
  await page.locator('form[action$="/reject"]').getByRole('button').click();
  await page.waitForURL(/done=rejected/);
  expect(await handles[0]?.result()).toMatchObject({ outcome: 'rejected' });
  const taught = { text: expect.stringContaining('nobody wants') as unknown };
  expect(await rows('select text from lessons')).toMatchObject([taught]);
  await page.goto('/');
  await page.getByRole('link', { name: /bats/ }).click();
  await page.waitForURL(/\/approvals\//);
  await page.goto(`${page.url()}?do=ask`);
  await page.getByLabel('What should be different?').fill('shorter');
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.waitForURL(/done=asked/);
  await until(
    () => rows('select attempt from attempts where attempt = 2'),
    (found) => found.length === 1,
  );
  await handles[1]?.terminate();
});

test('who comes second is told who was first', async () => {
  const { windowOf, handles } = await waiting();
  const [ada, bob] = await Promise.all([windowOf(ADA), windowOf('bob@example.com')]);
  const [one, two] = await Promise.all([ada.newPage(), bob.newPage()]);
  for (const page of [one, two]) {
    await page.goto('/');
    await page.getByRole('link', { name: /About owls/ }).click();
    await page.waitForURL(/\/approvals\//);
  }
  // Bob's page is not brought up to date: he looked away, and presses what he saw.
  await two.evaluate(`window.seen = document.querySelector('form[action$="/approve"]')`);
  await bob.setOffline(true);
  await one.getByRole('button', { name: 'Approve' }).click();
  await one.waitForURL(/done=approved/);
  await handles[0]?.result();
  await bob.setOffline(false);
  const [answer] = await Promise.all([
    two.waitForResponse(/\/approve$/),
    two.evaluate(`document.body.append(window.seen), window.seen.submit()`),
  ]);
  expect(answer.status()).toBe(409);
  await two.waitForLoadState();
  expect(await two.getByRole('status').first().textContent()).toMatch(/ada@example.com was first/);
});

test('where two have to approve, one counts and says so; what somebody has in hand, nobody else decides', async () => {
  const { windowOf, handles } = await waiting(['owls'], 'approval: { when: "true", quorum: 2 }');
  const [ada, bob] = await Promise.all([windowOf(ADA), windowOf('bob@example.com')]);
  const [one, two] = await Promise.all([ada.newPage(), bob.newPage()]);
  for (const page of [one, two]) {
    await page.goto('/');
    await page.getByRole('link', { name: /About owls/ }).click();
    await page.waitForURL(/\/approvals\//);
  }
  await one.getByRole('button', { name: 'Claim' }).click();
  await one.waitForURL(/done=claimed/);
  await two.getByText('ada@example.com has it in hand').waitFor();
  await two.getByRole('button', { name: 'Approve' }).click();
  await two.getByText(/ada@example.com has it in hand until/).waitFor();
  await one.getByRole('button', { name: 'Approve' }).click();
  await one.waitForURL(/done=counted/);
  expect(await one.getByRole('status').first().textContent()).toContain('1 of 2');
  await one.getByRole('button', { name: 'Release' }).click();
  await one.waitForURL(/done=released/);
  await two.reload();
  await two.getByRole('button', { name: 'Approve' }).click();
  await two.waitForURL(/done=approved/);
  expect(await handles[0]?.result()).toMatchObject({ outcome: 'accepted' });
});
