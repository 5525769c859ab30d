import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ScriptedUp, ticket } from '../../support/scripted-up.ts';
import { until } from '../../support/rig.ts';

let up: ScriptedUp;

beforeAll(async () => {
  up = await ScriptedUp.prepare();
  await up.begin();
}, 120_000);

afterAll(() => up.dispose());

test('a watch outlives kill -9 of `up`; without it, the record still tells all', async () => {
  const words = ['run', 'supportTriage', '--key', 'long', '--input', ticket('unsure', 'long'), '--watch'];
  const watching = up.start(...words);
  await until(
    () => Promise.resolve(watching.stderr),
    (text) => text.includes('"decision":"reject"'),
  );

  await up.end('SIGKILL');
  expect(existsSync(join(up.data, 'gateway.json'))).toBe(true);
  const listed = await up.command('runs', '--json');
  expect(listed.code).toBe(0);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ workflowId: 'supportTriage-long', state: 'awaitingDecision' }]);
  const told = await up.commandAlone('why', 'supportTriage-long');
  expect(told.code).toBe(0);
  expect(told.stdout).toContain('Note: Temporal could not be asked (No Temporal server answers at 127.0.0.1:');
  expect(told.stdout).toContain('Waits for a decision, because approval rule: output.confidence < 0.9.');

  await up.begin();
  const { client, close } = await up.client();
  await client.workflow.getHandle('supportTriage-long').signal('approve', { by: 'ada' });
  await close();
  expect(await watching.ended).toMatchObject({ code: 0 });
  expect(JSON.parse(watching.stdout)).toMatchObject({ outcome: 'accepted' });
  expect(watching.stderr.match(/^main\/1: pass/gm)).toHaveLength(1);
  expect((await up.command('runs', '--json', '--open')).stdout).toBe('[]\n');
}, 120_000);

test('`up` that is told to stop takes its gateway file along, and nobody is asked where nobody is', async () => {
  await up.end('SIGTERM');
  expect(existsSync(join(up.data, 'gateway.json'))).toBe(false);
  const since = performance.now();
  expect(await up.commandAlone('run', 'supportTriage', '--input', '{}')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('No Temporal server answers at') as unknown,
  });
  expect(performance.now() - since).toBeLessThan(20_000);
}, 60_000);
