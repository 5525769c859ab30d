import { TestWorkflowEnvironment } from '@temporalio/testing';
import { expect, test, type onTestFinished as OnTestFinished } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { cacheFolder } from '../../worker/temporal/cache-folder.ts';
import { findTestServer } from '../../worker/temporal/find.ts';
import { good, titleLoop } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';

/** A server on which days pass in a moment. */
async function timeSkipping(atTheEnd: typeof OnTestFinished): Promise<TestWorkflowEnvironment> {
  const server = await findTestServer({ env: process.env, cacheDir: cacheFolder(process.env), report: console.error });
  const world = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: server.path } },
  });
  atTheEnd(() => world.teardown());
  return world;
}

test(
  'after three days of reminders every four hours, silence is a no',
  { timeout: 60_000 },
  async ({ onTestFinished }) => {
    const world = await timeSkipping(onTestFinished);
    const { start, gate, rows } = await rig(
      {
        loops: [{ loop: titleLoop(), harness: 'approval: { when: "true" }' }],
        script: [good('owls')],
        attributes: [],
        server: world.nativeConnection,
      },
      onTestFinished,
    );
    const handle = await start('writeTitle', { id: '1', topic: 'owls' });
    await gate(handle);
    await world.sleep('9 hours');
    expect(await handle.query<Status>('status')).toMatchObject({ state: 'awaitingDecision', reminders: 2 });
    await world.sleep('62 hours');
    const { reminders, workedMs } = await handle.query<Status>('status');
    expect(reminders).toBe(17);
    expect(workedMs).toBeLessThan(60_000);
    await world.sleep('1 hour');
    expect(await handle.result()).toMatchObject({
      outcome: 'expired',
      reason: 'Nobody decided main#1 in 259200 s, and silence is a no.',
    });
    expect(await rows('select decision from decisions')).toEqual([{ decision: 'expire' }]);
  },
);

test(
  'a run that waits for money of its loop goes on by itself when the day has new money',
  { timeout: 60_000 },
  async ({ onTestFinished }) => {
    const world = await timeSkipping(onTestFinished);
    let now = await world.currentTimeMs();
    const { start, run, rows, model } = await rig(
      {
        loops: [{ loop: titleLoop(), harness: 'limits: { tokens: 16, usdPerDay: 0.0018, onCap: ask }' }],
        script: () => ({ ...good('owls'), usage: { input: 1000, output: 16 } }),
        attributes: [],
        server: world.nativeConnection,
        now: () => now,
      },
      onTestFinished,
    );
    expect(await run('writeTitle', { id: '1', topic: 'owls' })).toMatchObject({ outcome: 'accepted' });
    const handle = await start('writeTitle', { id: '2', topic: 'owls' });
    await until(
      () => handle.query<Status>('status'),
      ({ state }) => state === 'awaitingBudget',
    );
    expect(model.seen).toHaveLength(1);
    now += 86_400_000;
    await world.sleep('24 hours');
    expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
    expect(await rows('select ended_at is not null as ended from budget_waits')).toEqual([{ ended: 1 }]);
  },
);
