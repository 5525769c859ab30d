import { TestWorkflowEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { cacheFolder } from '../../worker/temporal/cache-folder.ts';
import { findTestServer } from '../../worker/temporal/find.ts';
import { good, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

test(
  'after three days of reminders every four hours, silence is a no',
  { timeout: 60_000 },
  async ({ onTestFinished }) => {
    const server = await findTestServer({
      env: process.env,
      cacheDir: cacheFolder(process.env),
      report: console.error,
    });
    const world = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: server.path } },
    });
    onTestFinished(() => world.teardown());
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
