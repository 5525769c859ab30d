import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../store/index.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { until } from '../../support/rig.ts';
import { httpReceiver, type Posted } from './receivers.ts';
import { openGate, ownStore, SECRET } from './telling.ts';

const OWNER = fileURLToPath(new URL('../../support/folder-owner.ts', import.meta.url));

test('killed between sending and noting it, a notice is sent again under its name, and stands in the table once', async () => {
  const { folder, store } = await ownStore();
  await openGate(store, 'r1', Date.now());
  await store.close();
  let owner: ReturnType<typeof start> | undefined;
  const killed: Posted[] = [];
  const ops = await httpReceiver((posted) => {
    if (killed.length > 0) return { status: 204 };
    killed.push(posted);
    owner?.kill('SIGKILL');
    return 'silence';
  });
  const file = join(folder, 'notify.yaml');
  const channel = { kind: 'webhook', name: 'ops', urlEnv: 'OPS_URL', secretEnv: 'HOOK_SECRET' };
  await writeFile(file, stringify({ channels: [{ ...channel, allowPrivate: ops.allowPrivate }] }));
  const env = plainEnvironment({ LOOPWRIGHT_NOTIFY: file, HOOK_SECRET: SECRET, OPS_URL: ops.url });
  const start = () => {
    const child = spawn(process.execPath, [OWNER, folder], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };

  owner = start();
  expect(await once(owner, 'exit')).toEqual([null, 'SIGKILL']);
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
  owner.kill('SIGTERM');
  expect(await once(owner, 'exit')).toEqual([0, null]);

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
