import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import type { RaiseBudgetReply, Status } from '../../contract/messages.ts';
import { bad, good, taste, titleLoop } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };

/** One call of these loops costs 140 micro-USD and may cost about 1100 at worst. */
const harness = (limits: string) => `limits: { tokens: 16, onCap: ask, ${limits} }`;

const waits = (handle: WorkflowHandle): Promise<Status> =>
  until(
    () => handle.query<Status>('status'),
    ({ budget }) => budget !== undefined,
  );

const raise = (handle: WorkflowHandle, argument: unknown): Promise<RaiseBudgetReply> =>
  handle.executeUpdate<RaiseBudgetReply, [unknown]>('raiseBudget', { args: [argument] });

describe('a run that may ask for money', () => {
  test('waits at the cap with what it needs and the command that raises it, and goes on when it is raised', async () => {
    const { start, rows, model } = await rig({
      loops: [{ loop: titleLoop(), harness: harness('usd: 0.0001') }],
      script: [good('owls')],
    });
    const handle = await start('writeTitle', owls);
    const status = await waits(handle);
    const { runs } = await rowsOf(rows);
    expect(status).toMatchObject({ state: 'awaitingBudget', budget: `run:${String(runs[0])}`, budgetLeftUsd: 0.0001 });
    expect(status.raiseCommand).toMatch(
      /^temporal workflow update execute -w \S+ --name raiseBudget --input '\{"by":"you@example.com","usd":0\.\d+,"reason":"why"\}'$/,
    );
    expect(model.seen).toEqual([]);
    const [, argument = ''] = /--input '(.*)'$/.exec(status.raiseCommand ?? '') ?? [];
    expect(await raise(handle, JSON.parse(argument))).toMatchObject({ budget: status.budget });
    expect(await handle.result()).toMatchObject({ outcome: 'accepted', attempts: 1 });
    expect(await rows('select by, reason, budget from budget_raises')).toEqual([
      { by: 'you@example.com', reason: 'why', budget: status.budget },
    ]);
    expect(await rows('select ended_at is not null as ended from budget_waits')).toEqual([{ ended: 1 }]);
    const [{ spent, reserved, cap } = {}] = await rows(`select * from budgets where id like 'run:%'`);
    expect({ spent, reserved }).toEqual({ spent: 140, reserved: 0 });
    expect(Number(cap)).toBeGreaterThanOrEqual(140);
  });

  test('is not let go on by too little, and says so again', async () => {
    const { start, model } = await rig({
      loops: [{ loop: titleLoop(), harness: harness('usd: 0.0001') }],
      script: [good('owls')],
    });
    const handle = await start('writeTitle', owls);
    const first = await waits(handle);
    await raise(handle, { by: 'ada', usd: 0.0001, reason: 'a little' });
    const again = await until(
      () => handle.query<Status>('status'),
      ({ budgetLeftUsd }) => budgetLeftUsd === 0.0002,
    );
    expect(again.budgetNeedsUsd).toBe(first.budgetNeedsUsd);
    expect(model.seen).toEqual([]);
    await raise(handle, { by: 'ada', usd: 1, reason: 'all of it' });
    expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  });

  test('may wait for a judge, whose artefact is not made again', async () => {
    const loop = titleLoop('judged', {
      stages: { main: { generate: { kind: 'model' }, verify: [taste] } },
    });
    const { start, model } = await rig({
      loops: [{ loop, harness: harness('usd: 0.0017') }],
      script: (seen) =>
        seen.model === 'fake-judge'
          ? { json: { criteria: [{ name: 'short', pass: true, quote: 'About owls' }] } }
          : { ...good('owls'), usage: { input: 600, output: 16 } },
    });
    const handle = await start('judged', owls);
    await waits(handle);
    expect(model.seen.map((seen) => seen.model)).toEqual(['fake-1']);
    await raise(handle, { by: 'ada', usd: 1, reason: 'the judge too' });
    expect(await handle.result()).toMatchObject({ outcome: 'accepted', attempts: 1 });
    expect(model.seen.map((seen) => seen.model)).toEqual(['fake-1', 'fake-judge']);
  });

  test('stops where it waits', async () => {
    const { start, rows } = await rig({ loops: [{ loop: titleLoop(), harness: harness('usd: 0.0001') }] });
    const handle = await start('writeTitle', owls);
    await waits(handle);
    await handle.signal('stop', { by: 'ada', reason: 'too dear' });
    expect(await handle.result()).toMatchObject({ outcome: 'stopped', reason: 'Stopped by ada: too dear' });
    expect(await rows('select * from ledger')).toEqual([]);
  });

  test('ends overBudget where nobody raises it in time', async () => {
    const text = `${harness('usd: 0.0001')}\napproval: { expiresAfter: 1 second }`;
    const { run } = await rig({ loops: [{ loop: titleLoop(), harness: text }] });
    expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'overBudget', attempts: 0 });
  });

  test('does not wait as a dry run', async () => {
    const { run } = await rig({ loops: [{ loop: titleLoop(), harness: harness('usd: 0.0001') }] });
    expect(await run('writeTitle', owls, { dryRun: true })).toMatchObject({ outcome: 'overBudget' });
  });

  test('does not wait for what its approvers may not raise', async () => {
    const { run } = await rig({
      loops: [{ loop: titleLoop(), harness: harness('usd: 1') }],
      caps: { perDayMicroUsd: 100, tenants: {} },
    });
    const result = await run('writeTitle', owls);
    expect(result).toMatchObject({ outcome: 'overBudget' });
    expect(result.reason).toMatch(
      /budget installation:\d{4}-\d\d-\d\d has .* Raise `budgets.usdPerDay` in loopwright.yaml/,
    );
  });
});

describe('raiseBudget refuses', () => {
  test('what comes early or late, is malformed, or comes from who may not decide', async () => {
    const text = `${harness('usd: 0.0001')}\napproval: { approvers: [ada@example.com] }`;
    const { start } = await rig({ loops: [{ loop: titleLoop(), harness: text }], script: [good('owls')] });
    const handle = await start('writeTitle', owls);
    await waits(handle);
    const refusal = (argument: unknown): Promise<string> =>
      raise(handle, argument).then(
        () => 'taken',
        (error: { cause?: Error }) => error.cause?.message ?? '',
      );
    expect(await refusal({ by: 'eve@example.com', usd: 1, reason: 'mine' })).toMatch(/^forbidden: eve@example.com/);
    expect(await refusal({ by: 'ada@example.com', usd: -1, reason: 'x' })).toMatch(/^malformed: `usd`/);
    expect(await refusal({ by: 'ada@example.com', usd: 1e9, reason: 'x' })).toMatch(/^malformed: `usd`/);
    expect(await refusal('all of it')).toMatch(/^malformed/);
    await raise(handle, { by: 'ada@example.com', usd: 1, reason: 'fine' });
    await handle.result();
  });
});

test('a run whose harness does not ask ends overBudget at its cap, with its best', async () => {
  const { run } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { tokens: 16, usd: 0.003 }' }],
    script: (_seen, count) => ({ ...bad(`Something ${count}`), usage: { input: 1000, output: 16 } }),
  });
  expect(await run('writeTitle', owls)).toMatchObject({
    outcome: 'overBudget',
    best: expect.stringMatching(/^sha256:/) as unknown,
  });
});

async function rowsOf(rows: (sql: string) => Promise<Readonly<Record<string, unknown>>[]>) {
  return { runs: (await rows('select run_key from runs')).map(({ run_key: key }) => key) };
}
