import { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { watchPromotions } from '../../worker/watch-promotions.ts';
import { workbench } from '../activities/workbench.ts';
import { candidateOf } from '../store/samples.ts';
import { connect } from '../support/rig.ts';

test('what a person promoted past `improve` is watched, once, unless somebody watches it already', async () => {
  const { deps, store } = await workbench();
  const client = new Client({ connection: await connect() });
  const loop = 'writeTitle';
  const since = deps.now();
  // Nobody polls it: what is begun here does nothing.
  const look = (afterMs: number) =>
    watchPromotions({ ...deps, now: () => since + afterMs }, client, `watches-${process.pid}`);
  const watches = async () => (await store.experiments.list({ loop, limit: 9 })).filter(({ kind }) => kind === 'watch');
  await store.candidates.propose(candidateOf('sha256:c', { loop }), { body: {}, digest: 'sha256:2' });
  await look(0);
  const by = { loop, by: 'ada', reason: 'she says so', unproven: true };
  await store.harnesses.promote({ ...by, key: 'p', version: 'v2', expected: 'v1', at: since });
  await look(59_000);
  expect(await watches()).toEqual([]);
  await look(61_000);
  const [watch] = await watches();
  expect(watch).toMatchObject({ baseline: 'v1', candidate: 'v2', change: 'instruction', state: 'running' });
  const begun = client.workflow.getHandle(watch?.workflowId ?? '');
  expect(await begun.describe()).toMatchObject({ type: 'watchHarness', status: { name: 'RUNNING' } });
  await begun.terminate('somebody has seen enough');
  await look(62_000);
  expect(await watches()).toHaveLength(1);
  expect(await begun.describe()).toMatchObject({ status: { name: 'TERMINATED' } });
});
