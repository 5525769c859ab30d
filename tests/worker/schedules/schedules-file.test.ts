import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { mistakeLine } from '../../../contract/mistake.ts';
import { scheduleLoopMistakes } from '../../../worker/schedules/loop-mistakes.ts';
import { readSchedulesFile } from '../../../worker/schedules/schedules-file.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';

async function read(text: string) {
  const file = join(await temporaryFolder(), 's.yaml');
  await writeFile(file, text);
  return await readSchedulesFile({ LOOPWRIGHT_SCHEDULES: file });
}

const GOOD = `schedules:
  nightly:
    loop: hello
    cron: 0 9 * * *
    timezone: Europe/Paris
    overlap: skip
    catchup: 10 minutes
`;

test('without the file there are no schedules; a file that was named has to be there', async () => {
  expect(await readSchedulesFile({})).toMatchObject({ exists: false, content: { schedules: {} }, mistakes: [] });
  expect(await readSchedulesFile({ LOOPWRIGHT_SCHEDULES: '/nowhere/s.yaml' })).toMatchObject({
    content: undefined,
    mistakes: [{ file: '/nowhere/s.yaml', rule: expect.stringMatching(/^cannot be read/) as unknown }],
  });
});

test('a good file is read with its defaults', async () => {
  const { content, mistakes } = await read(GOOD);
  expect(mistakes).toEqual([]);
  expect(content?.project).toBe('default');
  expect(content?.schedules['nightly']).toMatchObject({
    input: {},
    options: {},
    alertAfter: '5 minutes',
    paused: false,
  });
});

test.each([
  [
    'overlap: skip',
    'overlap: terminateOther',
    6,
    'schedules.nightly.overlap',
    /one of skip, bufferOne, bufferAll, cancelOther, allowAll, got "terminateOther"/,
  ],
  ['    overlap: skip\n', '', 2, 'schedules.nightly.overlap', /got nothing\. Fix: Add `overlap`/],
  ['    catchup: 10 minutes\n', '', 2, 'schedules.nightly.catchup', /got nothing/],
  ['10 minutes', '5 seconds', 7, 'schedules.nightly.catchup', /at least 10 seconds, got "5 seconds"/],
  ['10 minutes', 'soon', 7, 'schedules.nightly.catchup', /a duration from a second to ten years/],
  ['0 9 * * *', '0 25 * * *', 4, 'schedules.nightly.cron', /hour to be .*got 25 in "0 25/],
  ['0 9 * * *', '0 9 1 * MON', 4, 'schedules.nightly.cron', /not both/],
  ['cron: 0 9 * * *', 'cron: [0 9 * * *, nonsense]', 4, 'schedules.nightly.cron.1', /five fields.* in "nonsense"/],
  ['Europe/Paris', 'Europe/Atlantis', 5, 'schedules.nightly.timezone', /name of a time zone, got "Europe\/Atlantis"/],
  ['Europe/Paris', '"+02:00"', 5, 'schedules.nightly.timezone', /name of a time zone/],
  ['    timezone: Europe/Paris\n', '', 2, 'schedules.nightly.timezone', /because `cron` goes by a clock, got nothing/],
  ['cron: 0 9 * * *', 'every: 1 hour', 5, 'schedules.nightly.timezone', /`every` goes by no clock/],
  ['    cron: 0 9 * * *\n', '', 2, 'schedules.nightly', /`cron` or `every`, got neither/],
  ['cron: 0 9 * * *', 'cron: 0 9 * * *\n    every: 1 hour', 5, 'schedules.nightly.every', /got both/],
  ['loop: hello', 'lop: hello', 3, 'schedules.nightly.lop', /unknown field `lop`\. Fix: Did you mean `loop`\?/],
  [
    'loop: hello',
    'loop: hello\n    options: { budgetUsd: -1 }',
    4,
    'schedules.nightly.options.budgetUsd',
    /a number of at least 0/,
  ],
  [
    'loop: hello',
    'loop: hello\n    options: { rerun: true }',
    4,
    'schedules.nightly.options.rerun',
    /unknown field `rerun`/,
  ],
])('%j as %j is a mistake on line %i', async (from, to, line, field, words) => {
  const { content, mistakes } = await read(GOOD.replace(from, to));
  expect(content).toBeUndefined();
  const found = mistakes.find((mistake) => mistake.field === field);
  expect(found, JSON.stringify(mistakes)).toMatchObject({ line, field });
  expect(found === undefined ? '' : mistakeLine(found)).toMatch(words);
});

test('a jitter is shorter than the time between two runs', async () => {
  const every = GOOD.replace('cron: 0 9 * * *\n    timezone: Europe/Paris', 'every: 1 minute\n    jitter: 1 minute');
  expect((await read(every)).mistakes).toMatchObject([{ line: 5, field: 'schedules.nightly.jitter' }]);
});

test('a loop that is not there and an input that does not fit are named by line', async () => {
  const loops = new Map([['hello', { loop: { input: z.object({ text: z.string() }) } }]]);
  const missing = await read(GOOD.replace('hello', 'helo'));
  expect(scheduleLoopMistakes(missing, loops, true)).toMatchObject([
    { line: 3, field: 'schedules.nightly.loop', rule: 'there is no loop `helo` here', fix: 'Did you mean `hello`?' },
  ]);
  expect(scheduleLoopMistakes(missing, loops, false)).toEqual([]);
  const wrong = await read(GOOD.replace('loop: hello', 'loop: hello\n    input: { text: 5 }'));
  expect(scheduleLoopMistakes(wrong, loops, true)).toMatchObject([
    { line: 4, field: 'schedules.nightly.input.text', rule: 'expected a text, got 5' },
  ]);
});
