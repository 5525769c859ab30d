import { expect, test } from 'vitest';
import { paints } from '../../../worker/commands/options.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';

test.each([
  [{}, true, true],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1' }, true, false],
  [{}, false, false],
  [{}, undefined, false],
])('with %j, a terminal: %s, there are colours: %s', (env, isTTY, expected) => {
  expect(paints(env, isTTY === undefined ? {} : { isTTY })).toBe(expected);
});

test.each(['', ' ', '\u200b', 'a'.repeat(201)])('`review --by %j` is nobody, and refused in words', async (by) => {
  const run = new LoopwrightProcess(['review', '--by', by], plainEnvironment());
  expect(await run.ended).toMatchObject({ code: 2 });
  expect(run.stderr).toMatch(/^error: option '--by <who>' .*expected 1 to 200 characters/);
});
