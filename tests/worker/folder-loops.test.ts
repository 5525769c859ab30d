import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { LoopwrightProcess, plainEnvironment } from '../support/crash-process.ts';
import { loopText, plantFiles } from '../support/planted-loops.ts';
import { freePort } from '../../worker/temporal/ports.ts';

/** `loopwright worker` on the test run's server, which ends before it polls where there is no loop to run. */
async function worker(folder: string, ...words: string[]) {
  const env = plainEnvironment({ TEMPORAL_ADDRESS: inject('temporal') });
  const run = new LoopwrightProcess(['worker', '--data', join(folder, '.data'), ...words], env, { cwd: folder });
  const { code } = await run.ended;
  return { code, stderr: run.stderr };
}

test('a worker whose loops cannot run ends with 1 and says why; one without any ends with 3', async () => {
  const folder = await plantFiles({
    'broken/loop.ts': loopText('broken').replace('verify:', 'verfiy:'),
    'empty/a.md': '',
  });
  expect(await worker(folder, '--loops', 'nowhere')).toEqual({
    code: 3,
    stderr: '--loops nowhere: no such folder. Name the one that has your loops.\n',
  });
  const empty = await worker(folder, '--loops', 'empty');
  expect(empty).toEqual({ code: 3, stderr: expect.stringContaining('No loop in empty: looked for loop.ts') as string });
  const broken = await worker(folder, '--loops', '.');
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain(
    'broken/loop.ts:19: `stages.main.verfiy`: unknown field `verfiy`. Fix: Did you mean `verify`?',
  );
  expect(broken.stderr).toContain('No loop in . can run.');
}, 60_000);

test.each(['up', 'review', 'worker'])(
  '`%s` of no loops ends with 3, and nothing was started for it',
  async (command) => {
    const folder = await plantFiles({ 'empty/a.md': '' });
    // Nobody listens there: what asks a server ends with 1.
    const env = plainEnvironment(command === 'worker' ? { TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` } : {});
    for (const loops of ['nowhere', 'empty']) {
      const words = [command, '--loops', loops, '--data', '.data', '--json'];
      const run = new LoopwrightProcess(words, env, { cwd: folder });
      expect(await run.ended).toMatchObject({ code: 3 });
      expect(run.stdout).toBe('');
      expect(run.stderr).toMatch(
        loops === 'nowhere' ? /^--loops nowhere: no such folder/ : /^No loop in empty: looked for/,
      );
    }
    expect(await readdir(folder)).toEqual(['empty']);
  },
  60_000,
);

test('the ready line of a worker has what that of `up` has, its data folder absolute', async () => {
  const folder = await plantFiles({ 'hello/loop.ts': loopText('hello') });
  const env = plainEnvironment({ TEMPORAL_ADDRESS: inject('temporal') });
  const words = ['worker', '--json', '--data', '.data', '--loops', '.'];
  const run = new LoopwrightProcess(words, env, { cwd: folder });
  expect(await run.ready()).toEqual({
    ready: true,
    temporal: inject('temporal'),
    namespace: 'default',
    taskQueue: 'loops',
    data: join(folder, '.data'),
    loops: ['hello'],
  });
  await run.end('SIGTERM');
}, 60_000);

test('--watch without --loops is a mistake in the command', async () => {
  const folder = await plantFiles({});
  const { code, stderr } = await worker(folder, '--watch');
  expect(code).toBe(2);
  expect(stderr).toContain('--watch needs --loops <dir>');
});
