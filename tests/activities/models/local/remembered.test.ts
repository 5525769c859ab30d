import { expect, test } from 'vitest';
import { remembered } from '../../../../activities/models/local/remembered.ts';

test('a text asked for twice, at once or later, is made once', async () => {
  const made: string[] = [];
  const shout = remembered((text) => Promise.resolve((made.push(text), text.toUpperCase())), 2);
  expect(await Promise.all([shout('a'), shout('a'), shout('b')])).toEqual(['A', 'A', 'B']);
  await shout('a');
  expect(made).toEqual(['a', 'b']);
});

test('the text asked for longest ago is dropped first', async () => {
  const made: string[] = [];
  const shout = remembered((text) => Promise.resolve((made.push(text), text)), 2);
  for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await shout(text);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});

test('a failure is not kept', async () => {
  let calls = 0;
  const flaky = remembered(() => ((calls += 1) === 1 ? Promise.reject(new Error('once')) : Promise.resolve('fine')), 2);
  await expect(flaky('a')).rejects.toThrow('once');
  expect(await flaky('a')).toBe('fine');
});
