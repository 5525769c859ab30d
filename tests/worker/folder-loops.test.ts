import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { LoopwrightProcess, plainEnvironment } from '../support/crash-process.ts';
import { loopText, plantFiles } from '../support/planted-loops.ts';

/** `loopwright worker` on the test run's server, which ends before it polls where there is no loop to run. */
async function worker(folder: string, ...words: string[]) {
  const env = plainEnvironment({ TEMPORAL_ADDRESS: inject('temporal') });
  const run = new LoopwrightProcess(['worker', '--data', join(folder, '.data'), ...words], env, { cwd: folder });
  const { code } = await run.ended;
  return { code, stderr: run.stderr };
}

test('a worker without a loop to run ends with 1, and says what was looked for or what is wrong', async () => {
  const folder = await plantFiles({
    'broken/loop.ts': loopText('broken').replace('verify:', 'verfiy:'),
    'empty/a.md': '',
  });
  expect(await worker(folder, '--loops', 'nowhere')).toEqual({
    code: 1,
    stderr: '--loops nowhere: no such folder. Name the one that has your loops.\n',
  });
  const empty = await worker(folder, '--loops', 'empty');
  expect(empty).toEqual({ code: 1, stderr: expect.stringContaining('No loop in empty: looked for loop.ts') as string });
  const broken = await worker(folder, '--loops', '.');
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain(
    'broken/loop.ts:19: `stages.main.verfiy`: unknown field `verfiy`. Fix: Did you mean `verify`?',
  );
  expect(broken.stderr).toContain('No loop in . can run.');
}, 60_000);

test('--watch without --loops is a mistake in the command', async () => {
  const folder = await plantFiles({});
  const { code, stderr } = await worker(folder, '--watch');
  expect(code).toBe(2);
  expect(stderr).toContain('--watch needs --loops <dir>');
});
