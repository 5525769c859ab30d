import { expect, test } from 'vitest';
import { good, taste, titleLoop, names } from '../support/loops.ts';
import { rig } from '../support/rig.ts';
import { model } from '../../loops/define/index.ts';

const quoted = { json: { criteria: [{ name: 'short', pass: true, quote: 'About owls' }] } } as const;

test('a run whose servers ignore the format is accepted, and the ledger is what they billed', async () => {
  const loop = titleLoop('movedTitle', { stages: { main: { generate: model(), verify: [names, taste] } } });
  const told: string[] = [];
  const {
    run,
    model: fake,
    rows,
  } = await rig({
    loops: [{ loop, harness: 'approval: { when: "false" }' }],
    script: (seen) => (seen.model === 'fake-judge' ? quoted : good('owls')),
    manner: { responses: 'ignoresFormat' },
    asks: { report: (text) => told.push(text) },
  });
  const result = await run('movedTitle', { id: '1', topic: 'owls' });
  expect(result).toMatchObject({ outcome: 'accepted', output: { title: 'About owls' }, attempts: 1 });

  // Generator and judge are two endpoints: each is moved, once, and its first answer is paid for.
  expect(told.map((text) => text.split(' ')[0])).toEqual(['fake-1', 'fake-judge']);
  expect(fake.seen.map(({ model: name, api }) => `${name} ${api}`)).toEqual([
    'fake-1 responses',
    'fake-1 chat',
    'fake-judge responses',
    'fake-judge chat',
  ]);
  const billed = fake.billed.input + 2 * fake.billed.output;
  expect(await rows('select sum(booked) as booked, count(*) as lines from ledger')).toEqual([
    { booked: billed, lines: 4 },
  ]);
  expect(result.costUsd).toBe(billed / 1_000_000);
  // Whoever it is asked through, the author is the model: nothing grades itself.
  expect(await rows('select author from attempts')).toEqual([{ author: 'model:fake-1' }]);
});
