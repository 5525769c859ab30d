import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../worker/temporal/ports.ts';
import { openStore } from '../../../store/index.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { until } from '../../support/rig.ts';
import { httpReceiver, type Posted } from './receivers.ts';
import { openGate, ownStore, SECRET } from './telling.ts';

test('killed between sending and noting it, while Temporal is away, a notice is sent again under its name, and stands in the table once', async () => {
  const { folder, store } = await ownStore();
  await openGate(store, 'r1', Date.now());
  await store.close();
  let owner: LoopwrightProcess | undefined;
  const killed: Posted[] = [];
  const ops = await httpReceiver((posted) => {
    if (killed.length > 0) return { status: 204 };
    killed.push(posted);
    void owner?.end('SIGKILL');
    return 'silence';
  });
  const file = join(folder, 'notify.yaml');
  const channel = { kind: 'webhook', name: 'ops', urlEnv: 'OPS_URL', secretEnv: 'HOOK_SECRET' };
  await writeFile(file, stringify({ channels: [{ ...channel, allowPrivate: ops.allowPrivate }] }));
  const nowhere = `127.0.0.1:${await freePort()}`;
  const secrets = { HOOK_SECRET: SECRET, OPS_URL: ops.url };
  const env = plainEnvironment({ LOOPWRIGHT_NOTIFY: file, TEMPORAL_ADDRESS: nowhere, ...secrets });
  const start = () => new LoopwrightProcess(['worker', '--data', folder], env);

  owner = start();
  expect(await owner.ended).toMatchObject({ signal: 'SIGKILL' });
  expect(killed).toHaveLength(1);
  owner = start();
  await until(
    async () => ops.posted.length,
    (count) => count === 2,
  );
  // While it runs, the command asks it, and the test message goes past it.
  const tried = new LoopwrightProcess(['notify', 'test', 'ops', '--json'], env);
  expect(await tried.ended).toMatchObject({ code: 0 });
  const listed = new LoopwrightProcess(['notify', 'list', '--json', '--data', folder], env);
  expect(await listed.ended).toMatchObject({ code: 0 });
  expect(JSON.parse(listed.stdout)).toMatchObject([
    {
      channel: 'ops',
      event: 'opened',
      state: 'sent',
      attempts: 2,
      subject: expect.stringMatching(/^approval:sha256:r1@/),
    },
  ]);
  expect(owner.stderr).toContain('People are told meanwhile what waits for them, through ops.');
  expect(await owner.end('SIGTERM')).toMatchObject({ code: 0 });

  const [first, second, third] = ops.posted;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(third?.json).toMatchObject({ type: 'notify.test', data: { test: true } });
  expect(JSON.parse(tried.stdout)).toMatchObject({ message: third?.headers['webhook-id'] });
  const after = await openStore(folder, process.pid);
  onTestFinished(() => after.close());
  expect(await after.facts.query('select channel, state, attempts from notices')).toEqual([
    { channel: 'ops', state: 'sent', attempts: 2 },
  ]);
}, 60_000);
