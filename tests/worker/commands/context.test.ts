import { expect, test } from 'vitest';
import { paints } from '../../../worker/commands/context.ts';

test.each([
  [{}, true, true],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1' }, true, false],
  [{}, false, false],
  [{}, undefined, false],
])('with %j, a terminal: %s, there are colours: %s', (env, isTTY, expected) => {
  expect(paints(env, isTTY === undefined ? {} : { isTTY })).toBe(expected);
});
