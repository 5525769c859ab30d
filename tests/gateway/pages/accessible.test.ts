import { expect, onTestFinished, test } from 'vitest';
import { newCode } from '../../../gateway/credentials.ts';
import type { LoopEntry } from '../../../activities/dependencies.ts';
import { SCOPES, type Scope } from '../../../contract/access.ts';
import { IMPROVE } from '../../../contract/names.ts';
import { improveEntry } from '../../../worker/own-loops/improve.ts';
import { workshopOf } from '../../../worker/workshop.ts';
import { parseHarness } from '../../../worker/load/harness.ts';
import { expectAccessible } from '../../support/accessible.ts';
import { person } from '../../support/browser.ts';
import { fillLearning, PROPOSED } from '../../support/busy-learning.ts';
import { fillStore, MESSAGES } from '../../support/busy-store.ts';
import { openGateway } from '../../support/open-gateway.ts';
import { connect } from '../../support/rig.ts';
import { titleLoop } from '../../support/loops.ts';
import { Client } from '@temporalio/client';

const WAITING = `sha256:${'d'.repeat(63)}`;

/** Every page that a desk with a month behind it has, in each of its states. */
const PAGES = [
  '/',
  '/?loop=nobody',
  '/approvals?state=settled',
  `/approvals/${WAITING}0`,
  `/approvals/${WAITING}1?do=reject`,
  `/approvals/${WAITING}2?do=ask&done=claimed`,
  `/approvals/${WAITING}3/edit`,
  '/approvals/sha256:nothing',
  '/runs',
  '/runs?outcome=accepted&trigger=webhook',
  '/runs/supportTriage-wait-1',
  '/runs/supportTriage-4702',
  '/runs/nobody',
  '/loops',
  '/loops/supportTriage',
  '/loops/supportTriage/review',
  '/loops/nobody',
  '/loops/supportTriage/start',
  '/loops/supportTriage/lessons',
  '/loops/supportTriage/lessons?state=retired',
  '/loops/supportTriage/harness',
  '/loops/supportTriage/harness?from=v2&to=v3',
  '/loops/supportTriage/learning',
  '/loops/releaseNotes/learning',
  '/experiments/eval-new',
  '/experiments/trial-harm',
  `/approvals/${PROPOSED}`,
  '/spend',
  '/spend?by=model&days=all',
  '/audit',
  '/audit?kind=decision',
  '/no/such/page',
];

/** A gateway, and people who are signed in to it. */
async function opened() {
  const loops = new Map<string, LoopEntry>([
    [
      'supportTriage',
      { loop: titleLoop('supportTriage'), harness: parseHarness(undefined, 'harness.yaml'), folder: '' },
    ],
  ]);
  const client = new Client({ connection: await connect() });
  const workshop = workshopOf({ loops, client, namespace: 'default', ui: 'http://127.0.0.1:8233' });
  const { store, gateway } = await openGateway({ workshop: () => workshop, now: Date.now });
  loops.set(IMPROVE, await improveEntry(store, Date.now));
  const signedIn = async (scopes: readonly Scope[] = SCOPES) => {
    const doing = { by: 'owner', at: Date.now() };
    const name = `ada-${scopes.length}@example.com`;
    await store.users.add({ name, roles: [], scopes }, doing);
    const { secret, hash } = newCode();
    await store.signIns.offer({ user: name, codeHash: hash }, doing);
    const context = await person({ baseURL: gateway.url });
    const page = await context.newPage();
    await page.goto(`/sign-in?code=${secret}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const mistakes: string[] = [];
    page.on('pageerror', (error) => mistakes.push(error.message));
    page.on('console', (said) => {
      // A page that is missing, not for this visitor, or a refusal is no mistake of the page.
      if (said.type() === 'error' && !/status of 4(?:03|04|22)/.test(said.text())) mistakes.push(said.text());
    });
    onTestFinished(() => expect(mistakes).toEqual([]));
    return page;
  };
  return { store, gateway, signedIn };
}

test('no page keeps anybody out: in light, in dark, 320 px wide, with everything open', async () => {
  const { store, signedIn } = await opened();
  await fillStore(store, Date.now());
  await fillLearning(store, 'supportTriage', MESSAGES.join(' '), Date.now());
  const page = await signedIn();
  for (const path of PAGES) {
    await page.goto(path);
    await page.evaluate('for (const details of document.querySelectorAll("main details")) details.open = true');
    await expectAccessible(page, path);
  }
  for (const [path, field] of [
    ['/loops/supportTriage/start', 'topic'],
    [`/approvals/${WAITING}4/edit`, 'JSON'],
  ] as const) {
    await page.goto(path);
    await page.getByLabel(field, { exact: true }).fill(path.endsWith('edit') ? '{' : 'x'.repeat(200_001));
    await page.locator('main button.main').click();
    await page.locator('.said.bad').waitFor();
    await expectAccessible(page, `${path}, refused`);
  }
  await page.goto(`/approvals/${WAITING}5`);
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.locator('.said.bad').waitFor();
  await expectAccessible(page, 'a decision that nobody takes');
}, 240_000);

test('nor does one that is empty, one for who may only look, the help, or the sign-in', async () => {
  const { gateway, signedIn } = await opened();
  const page = await signedIn(['read']);
  for (const path of [
    '/',
    '/approvals?state=settled',
    '/runs',
    '/loops',
    '/spend',
    '/audit',
    '/loops/supportTriage/start',
  ]) {
    await page.goto(path);
    await expectAccessible(page, `${path}, empty`);
  }
  await page.goto('/');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await page.getByRole('dialog').waitFor();
  await expectAccessible(page, 'the help');
  const stranger = await (await person({ baseURL: gateway.url })).newPage();
  for (const path of ['/', '/sign-in?code=lwc_0', '/sign-out']) {
    await stranger.goto(path);
    await expectAccessible(stranger, `${path}, not signed in`);
  }
}, 60_000);
