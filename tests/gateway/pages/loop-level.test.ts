import { expect, test } from 'vitest';
import { openGateway } from '../../support/open-gateway.ts';

const granted = (loop: string, level: 'L1' | 'L2' | 'L3', because: string) => ({
  loop,
  level,
  because,
  audited: { decided: 60, accepted: 60, low: 0.94, high: 1 },
  critical: [],
  harness: 'v1',
  at: 2000,
});

test('the list of loops and the page of each say how much it does by itself, why, and lead to its review', async () => {
  const { store, ask, tokenOf, addUser } = await openGateway();
  for (const [loop, body] of [
    ['alone', { autonomy: 'L3' }],
    ['capped', { autonomy: 'L2' }],
    ['fresh', { autonomy: 'L3' }],
    ['free', {}],
  ] as const)
    await store.harnesses.adopt(loop, body, `sha256:${loop}`, 1000);
  await store.autonomy.grant(granted('alone', 'L3', 'people accepted 60 of 60'));
  await store.autonomy.grant(granted('capped', 'L3', 'people accepted 50 of 50'));
  // What was granted once counts no more where the harness has no level.
  await store.autonomy.grant(granted('free', 'L1', 'nobody wanted it'));
  await addUser('ada@example.com', ['read']);
  const { headers } = await tokenOf('ada@example.com', ['read']);
  const page = async (path: string) => (await ask(path, { headers: { ...headers, accept: 'text/html' } })).text;

  const list = await page('/loops');
  expect(list).toMatch(
    /href="\/loops\/alone\/review#autonomy"[^>]*title="people accepted 60 of 60"[\s\S]*?L3: unattended/,
  );
  expect(list).toMatch(/href="\/loops\/capped\/review#autonomy"[\s\S]*?L2: a person approves/);
  expect(list).toMatch(/href="\/loops\/free\/review#autonomy"[\s\S]*?its approval rule/);
  expect(list).not.toContain('nobody wanted it');

  const words = async (path: string) => (await page(path)).replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');
  expect(await words('/loops/alone')).toMatch(/L3: unattended: people accepted 60 of 60\./);
  const capped = /L2: a person approves: its harness allows no more; the record grants L3: people accepted 50/;
  expect(await words('/loops/capped')).toMatch(capped);
  expect(await words('/loops/capped/review')).toMatch(capped);
  expect(await page('/loops/fresh')).toContain('the record has granted nothing yet');
  expect(await page('/loops/free')).toContain('href="/loops/free/review#autonomy"');
  expect(await page('/loops/free/review')).toContain('its harness has no level of autonomy');
});
