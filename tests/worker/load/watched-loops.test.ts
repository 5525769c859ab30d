import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { Status } from '../../../contract/messages.ts';
import type { RunResult } from '../../../contract/outcomes.ts';
import { dataConverter } from '../../../worker/loop-worker.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { loopText, plantFiles } from '../../support/planted-loops.ts';
import { until } from '../../support/rig.ts';

const ASKING = "approval:\n  when: 'true'\n";
const ALONE = 'instructions: be brief\n';

/** A folder with the loop `greeter`, whose every run waits for a person, and `up --watch` on it. */
async function scene(more: Readonly<Record<string, string>> = {}) {
  const folder = await plantFiles({ 'greeter/loop.ts': loopText('greeter'), 'greeter/harness.yaml': ASKING, ...more });
  const ports = ['--temporal-port', String(await freePort()), '--ui-port', String(await freePort())];
  const words = ['up', '--json', '--loops', folder, '--watch', '--data', join(folder, '.data'), ...ports];
  const up = new LoopwrightProcess(words, plainEnvironment(), { cwd: folder });
  const { temporal } = await up.ready();
  const connection = await Connection.connect({ address: temporal });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  return {
    folder,
    up,
    start: (type: string, id: string): Promise<WorkflowHandle> =>
      client.workflow.start(type, { taskQueue: 'loops', workflowId: `${type}-${id}`, args: [{ id, text: id }] }),
    said: (text: string) =>
      until(
        async () => up.stderr,
        (stderr) => stderr.includes(text),
      ),
    /** Writes as editors do: another file, moved over the old one. */
    write: async (name: string, text: string) => {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, `${name}.new`), text);
      await rename(join(folder, `${name}.new`), join(folder, name));
    },
  };
}

async function parked(handle: WorkflowHandle): Promise<string> {
  const status = await until(
    () => handle.query<Status>('status'),
    ({ gateDigest }) => gateDigest !== undefined,
  );
  return status.gateDigest as string;
}

async function resultOf(handle: WorkflowHandle): Promise<RunResult> {
  return (await handle.result()) as RunResult;
}

test('a change is taken while a run waits at its gate, and that run ends accepted on what it began with', async () => {
  const { up, start, said, write } = await scene();
  const first = await start('greeter', 'ada');
  await parked(first);

  await write('greeter/harness.yaml', 'limits:\n  attempts: 0\n');
  await said('greeter/harness.yaml:2: `limits.attempts`: expected an integer from 1 to 20, got 0.');
  await said('greeter: the version before goes on.');
  const meanwhile = await start('greeter', 'bob');
  expect(await parked(meanwhile)).toMatch(/^sha256:/);

  await write('greeter/harness.yaml', ALONE);
  await said('greeter: v2, taken');
  await write('greeter/loop.ts', loopText('greeter').replace('hello ${text}', 'hello again, ${text}'));
  await until(
    async () => up.stderr.split('greeter: v2, taken').length,
    (times) => times === 3,
  );
  const second = await resultOf(await start('greeter', 'eve'));
  expect(second).toMatchObject({ outcome: 'accepted', harness: 'v2', gates: 0, output: { reply: 'hello again, eve' } });

  for (const run of [first, meanwhile])
    await run.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ada', digest: await parked(run) }] });
  expect(await resultOf(first)).toMatchObject({
    outcome: 'accepted',
    harness: 'v1',
    gates: 1,
    output: { reply: 'hello ada' },
  });
  expect(await resultOf(meanwhile)).toMatchObject({ outcome: 'accepted', harness: 'v1', gates: 1 });
  const workflowBundle = { code: await readFile(inject('bundle'), 'utf8') };
  await Worker.runReplayHistory({ workflowBundle, dataConverter }, await first.fetchHistory(), first.workflowId);
  expect(await up.end('SIGTERM')).toEqual({ code: 0, signal: null });
}, 90_000);

test('loops come and go while others run', async () => {
  const { folder, start, said, write } = await scene({ 'greeter/words.ts': "export const HELLO = 'hello';\n" });
  await write(
    'farewell/loop.ts',
    loopText('farewell').replace(
      "import { z } from 'zod';",
      "import { z } from 'zod';\nimport { BYE } from './lib/bye.ts';\nif (BYE === '') throw new Error();",
    ),
  );
  await said('farewell/loop.ts:3: imports `./lib/bye.ts`, which is not there.');
  await write('farewell/lib/bye.ts', "export const BYE = 'bye';\n");
  await said('farewell: v1, new.');
  expect(await resultOf(await start('farewell', 'ada'))).toMatchObject({
    outcome: 'accepted',
    output: { reply: 'hello ada' },
  });

  const waiting = await start('greeter', 'ada');
  const digest = await parked(waiting);
  await rm(join(folder, 'greeter'), { recursive: true });
  await said('greeter: 1 open run needs it: the version before goes on until it is closed.');
  await waiting.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ada', digest }] });
  expect(await resultOf(waiting)).toMatchObject({ outcome: 'accepted' });
  await said('greeter: removed.');
  await expect(resultOf(await start('greeter', 'bob'))).rejects.toMatchObject({ cause: { type: 'UnknownLoop' } });
}, 90_000);

test('an effect that an open run needs stays until the run is closed', async () => {
  const { start, said, write } = await scene();
  const waiting = await start('greeter', 'ada');
  const digest = await parked(waiting);
  await write('greeter/loop.ts', loopText('greeter').replace('send: {', 'deliver: {'));
  await said('greeter: 1 open run needs effect `send`: the version before goes on until it is closed.');
  await waiting.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ada', digest }] });
  expect(await resultOf(waiting)).toMatchObject({ outcome: 'accepted' });
  await said('greeter: v1, taken');
}, 90_000);

test('a harness that goes away takes no approval with it', async () => {
  const { folder, up, start, said, write } = await scene();
  await rm(join(folder, 'greeter/harness.yaml'));
  await said('greeter/harness.yaml: is gone.');
  await write('greeter/loop.ts', loopText('greeter').replace('hello ${text}', 'hello again, ${text}'));
  await until(
    async () => up.stderr.split('harness.yaml: is gone').length,
    (times) => times === 3,
  );
  const run = await start('greeter', 'ada');
  const digest = await parked(run);
  await write('greeter/harness.yaml', ASKING);
  await said('greeter: v1, taken');
  await run.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ada', digest }] });
  expect(await resultOf(run)).toMatchObject({ outcome: 'accepted', harness: 'v1', output: { reply: 'hello ada' } });
}, 90_000);

test('a harness that is emptied where it stands takes no approval with it', async () => {
  const { folder, start, said, write } = await scene();
  await writeFile(join(folder, 'greeter/harness.yaml'), '');
  await said('greeter/harness.yaml: says nothing.');
  await said('greeter: the version before goes on.');
  const run = await start('greeter', 'ada');
  const digest = await parked(run);
  await write('greeter/harness.yaml', ALONE);
  await said('greeter: v2, taken');
  await run.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ada', digest }] });
  expect(await resultOf(run)).toMatchObject({ outcome: 'accepted', harness: 'v1', gates: 1 });
}, 90_000);

test('changed workflow code waits for a restart, and its loop goes on as it was', async () => {
  const workflow = (stages: string) =>
    `import { loopWorkflow } from 'loopwright/workflow';\nexport const steps = loopWorkflow('steps', async (run) => {\n  ${stages}\n});\n`;
  const { start, said, write } = await scene({
    'steps/loop.ts': loopText('steps').replace('main: {', 'first: {'),
    'steps/workflow.ts': workflow("return await run.stage('first');"),
  });
  expect(await resultOf(await start('steps', 'ada'))).toMatchObject({ outcome: 'accepted', attempts: 1 });
  await write('steps/workflow.ts', workflow("await run.stage('first'); return await run.stage('first');"));
  await said('steps: its workflow code takes a restart of this worker: the version before goes on until then.');
  expect(await resultOf(await start('steps', 'bob'))).toMatchObject({ outcome: 'accepted', attempts: 1 });
}, 90_000);
