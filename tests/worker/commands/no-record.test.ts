import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';

/** A command on a data folder that nobody has made, to its end. */
async function onNothing(...words: readonly string[]) {
  const data = join(await temporaryFolder(), 'nothing');
  const env = plainEnvironment({ TEMPORAL_ADDRESS: inject('temporal') });
  const ran = new LoopwrightProcess([...words, '--data', data], env);
  const { code } = await ran.ended;
  await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' });
  return { code, stdout: ran.stdout, stderr: ran.stderr };
}

test('`runs` without a record ends with 3 and says where one comes from', async () => {
  expect(await onNothing('runs', '--json')).toEqual({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/^There is no record in \/.*nothing: .* Start with `loopwright up`/) as string,
  });
});

test('`why` without a record asks Temporal, and says that there is none', async () => {
  expect(await onNothing('why', 'nobody')).toEqual({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/^Nobody knows a run "nobody"\. There is no record in \/.*nothing/) as string,
  });
});
