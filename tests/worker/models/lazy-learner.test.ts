import { expect, test } from 'vitest';
import type { Route } from '../../../activities/dependencies.ts';
import { parseHarness } from '../../../worker/load/harness.ts';
import { mayLearn } from '../../../worker/models/lazy-learner.ts';
import { ownLoops } from '../../../worker/own-loops/own-loops.ts';
import { titleLoop } from '../../support/loops.ts';

const endpoint = { kind: 'endpoint' } as Route;
const local = new Map<string, Route>([['default', { kind: 'local' }]]);
const asked = new Map<string, Route>([...local, ['default', endpoint], ['local', { kind: 'local' }]]);

async function triage() {
  const found = (await ownLoops(['card_arrival', 'lost_card'])).get('supportTriage');
  if (found === undefined) throw new Error('There is no supportTriage.');
  return found;
}

test('the learner may be asked where a route of the loop leads to it, and nowhere else', async () => {
  const entry = await triage();
  expect(mayLearn(entry, local)).toBe(true);
  expect(mayLearn(entry, asked)).toBe(false);
  const routing = 'routing: [{ model: local, atLeast: 0.9 }, { model: default }]';
  expect(mayLearn({ ...entry, harness: parseHarness(routing, 'harness.yaml') }, asked)).toBe(true);
});

test('a loop whose stages decide nothing among labels never asks it', () => {
  const entry = { loop: titleLoop(), harness: parseHarness(undefined, 'harness.yaml'), folder: '' };
  expect(mayLearn(entry, local)).toBe(false);
});
