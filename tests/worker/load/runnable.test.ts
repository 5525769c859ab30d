import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { loopText, plantFiles } from '../../support/planted-loops.ts';
import { PACKAGE_ROOT } from '../../../worker/package/package-root.ts';
import { freePort } from '../../../worker/temporal/ports.ts';

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
    gateway: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown,
    namespace: 'default',
    taskQueue: 'loops',
    data: join(folder, '.data'),
    loops: ['hello'],
  });
  await run.end('SIGTERM');
}, 60_000);

test('a worker without --loops runs the loops of the folder that it is started in, and says so in one line', async () => {
  const folder = await plantFiles({ 'hello/loop.ts': loopText('hello') });
  const env = plainEnvironment({ TEMPORAL_ADDRESS: inject('temporal') });
  const run = new LoopwrightProcess(['worker', '--json', '--watch', '--data', '.data'], env, { cwd: folder });
  expect(await run.ready()).toMatchObject({ loops: ['hello'] });
  await run.end('SIGTERM');
  expect(run.stderr.match(/--loops/g)).toHaveLength(2);
  expect(run.stderr).toMatch(/^This folder has loops of its own, so it is `--loops \.`; .*\n/);
}, 60_000);

test('`up`, `doctor` and `review` take the loops of the folder too; a folder that is named wins', async () => {
  const folder = await plantFiles({
    'mine/loop.ts': loopText('mine').replace('verify:', 'verfiy:'),
    'more/other/loop.ts': loopText('other'),
  });
  const said = async (...words: string[]) => {
    const run = new LoopwrightProcess([...words, '--json', '--data', '.data'], plainEnvironment(), { cwd: folder });
    await run.ended;
    return run;
  };
  const [doctor, review, named, up] = await Promise.all([
    said('doctor'),
    said('review'),
    said('review', '--loops', 'more'),
    said('up'),
  ]);
  expect(doctor.stdout).toContain('mine/loop.ts:19');
  expect(review.stdout).toContain('mine/loop.ts');
  expect(up.stderr).toContain('No loop in . can run.');
  for (const { stderr } of [doctor, review, up]) expect(stderr).toContain('This folder has loops of its own');
  expect(JSON.parse(named.stdout)).toMatchObject({ reviews: [{ loop: 'other' }] });
  expect(named.stderr).not.toContain('This folder');
}, 60_000);

test("Loopwright's own tree has no loops but its own", async () => {
  const cwd = join(PACKAGE_ROOT, 'loops');
  const run = new LoopwrightProcess(['worker', '--watch'], plainEnvironment(), { cwd });
  expect(await run.ended).toMatchObject({ code: 2 });
  expect(run.stderr).not.toContain('This folder has loops');
});

test('--watch where there is no folder to watch is a mistake in the command', async () => {
  const folder = await plantFiles({});
  const { code, stderr } = await worker(folder, '--watch');
  expect(code).toBe(2);
  expect(stderr).toContain('--watch needs a folder to watch');
});
