import { expect, test } from 'vitest';
import { fillLearning } from '../../support/busy-learning.ts';
import { openGateway } from '../../support/open-gateway.ts';

test('the row of a proposed change says which loop, what changes, and what speaks for and against it', async () => {
  const { store, ask, tokenOf, addUser, clock } = await openGateway();
  await store.harnesses.adopt('triage', { instructions: 'Sort it.' }, 'sha256:1', 1000);
  await fillLearning(store, 'triage', 'Ask about <b>refunds</b>.', clock.now);
  await addUser('ada@example.com', ['read']);
  const { headers } = await tokenOf('ada@example.com', ['read']);
  const { text } = await ask('/', { headers: { ...headers, accept: 'text/html' } });
  expect(text).toContain('triage v1 → v2, approval: Ask about &lt;b&gt;refunds&lt;/b&gt;.');
  expect(text).toContain('mends 21, breaks 2 · E 120, 100 proves it');
  expect(text).not.toContain('[object');
});
