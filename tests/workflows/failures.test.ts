import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { model } from '../../loops/define/index.ts';
import type { Scripted } from '../support/fake-openai.ts';
import { good, taste, titleLoop } from '../support/loops.ts';
import { rig, type Rig } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };

/** The failure that a run ends FAILED with, and how long its history got. */
async function failureOf({ start }: Rig, type: string, input: unknown, options?: unknown) {
  const handle = await start(type, input, options);
  const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
  const { type: kind, message } = error.cause as ApplicationFailure;
  const { status, historyLength } = await handle.describe();
  expect(status.name).toBe('FAILED');
  return { type: kind, message, events: historyLength };
}

test('an unknown loop fails at once and lists the loops', async () => {
  const all = await rig({ loops: [{ loop: titleLoop() }, { loop: titleLoop('aardvark') }] });
  const failure = await failureOf(all, 'writeTitel', owls);
  expect(failure.type).toBe('UnknownLoop');
  expect(failure.message).toContain(
    'There is no loop "writeTitel" on this worker. Did you mean "writeTitle"? It runs: aardvark, writeTitle.',
  );
  expect(failure.events).toBeLessThan(9);
});

test('an input that does not fit fails at once in readable words', async () => {
  const all = await rig({ loops: [{ loop: titleLoop() }] });
  const inputs: [unknown, string][] = [
    [undefined, 'needs one JSON object as its input, got none'],
    [null, 'needs one JSON object as its input, got none'],
    [{ id: '1' }, 'expected string, received undefined\n  → at topic'],
    [{ id: 1, topic: 'owls' }, 'expected string, received number\n  → at id'],
    ['just text', 'expected object, received string'],
    [[owls], 'expected object, received array'],
    [{ ...owls, topic: 'x'.repeat(200_001) }, 'Too big: expected string to have <=200000 characters'],
  ];
  await Promise.all(
    inputs.map(async ([input, words]) => {
      const failure = await failureOf(all, 'writeTitle', input);
      expect(failure).toMatchObject({ type: 'InvalidInput' });
      expect(failure.message).toContain(words);
      expect(failure.message).toContain('writeTitle');
      expect(failure.events).toBeLessThan(9);
    }),
  );
  expect(await all.rows('select * from runs')).toEqual([]);
});

test('run options that do not fit fail at once in readable words', async () => {
  const all = await rig({ loops: [{ loop: titleLoop() }] });
  const options: [unknown, string][] = [
    [{ dryrun: true }, 'Unrecognized key: "dryrun"'],
    [{ budgetUsd: -1 }, 'expected number to be >=0'],
    [{ harness: '3' }, 'expected a version such as "v3"'],
    [{ harness: 'v3' }, 'has no harness version v3'],
    ['yes', 'expected object, received string'],
  ];
  await Promise.all(
    options.map(async ([option, words]) => {
      const failure = await failureOf(all, 'writeTitle', owls, option);
      expect(failure).toMatchObject({ type: 'InvalidInput' });
      expect(failure.message).toContain(words);
    }),
  );
});

test('an input of 100 KB is no trouble', async () => {
  const topic = 'owl '.repeat(25_000).trim();
  const { run } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { usd: 1 }' }],
    script: [good(topic)],
  });
  const result = await run('writeTitle', { id: '1', topic });
  expect(result).toMatchObject({ outcome: 'accepted' });
  expect(result).not.toHaveProperty('output');
});

test('a model without a price fails the run and names the line that declares one', async () => {
  const all = await rig({ loops: [{ loop: titleLoop() }], prices: {} });
  const failure = await failureOf(all, 'writeTitle', owls);
  expect(failure.type).toBe('UnknownPrice');
  expect(failure.message).toContain('prices: { "fake-1": { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } }');
  expect(all.model.seen).toEqual([]);
  expect(await all.rows('select outcome from runs')).toEqual([{ outcome: 'blocked' }]);
});

test('a judge that is the generator is refused', async () => {
  const self = { ...taste, model: 'default' };
  const all = await rig({
    loops: [{ loop: titleLoop('selfish', { stages: { main: { generate: model(), verify: [self] } } }) }],
    script: [good('owls')],
  });
  const failure = await failureOf(all, 'selfish', owls);
  expect(failure.type).toBe('SelfVerification');
  expect(failure.message).toContain('Verifier `taste` of loop selfish is model:fake-1');
  expect(all.model.seen).toHaveLength(1);
});

test('what a provider refuses for good blocks the run after one call', async () => {
  const topics: Record<string, [Scripted, string]> = {
    key: [{ status: 401 }, 'ModelError.Auth: fake-1 answered 401'],
    wrong: [{ status: 400 }, 'ModelError.BadRequest: fake-1 answered 400'],
    long: [{ truncated: '{"title":"Ab' }, 'ModelError.Truncated: fake-1 stopped at `limits.tokens`'],
    evil: [{ refusal: 'I will not' }, 'ModelError.Refused: fake-1 refused: I will not'],
  };
  const { run, model: fake } = await rig({
    loops: [{ loop: titleLoop() }],
    script: ({ input }) => topics[/"topic":"(\w+)"/.exec(input)?.[1] ?? '']?.[0] ?? { status: 500 },
  });
  const all = Object.entries(topics).map(async ([topic, [, words]]) => {
    const result = await run('writeTitle', { id: topic, topic });
    expect(result.outcome).toBe('blocked');
    expect(result.reason).toContain(words);
  });
  await Promise.all(all);
  expect(fake.seen).toHaveLength(4);
});

test('a provider that asks to slow down is asked again when it said, and not before', async () => {
  const { run, rows } = await rig({
    loops: [{ loop: titleLoop() }],
    script: [{ status: 429, headers: { 'retry-after-ms': '2500' } }, good('owls')],
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted', attempts: 1 });
  const [first, second] = await rows('select state, at from ledger order by at');
  expect([first?.['state'], second?.['state']]).toEqual(['released', 'settled']);
  expect(Number(second?.['at']) - Number(first?.['at'])).toBeGreaterThanOrEqual(2400);
});
