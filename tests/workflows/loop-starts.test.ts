import { expect, test } from 'vitest';
import { RunOptions } from '../../contract/run.ts';
import { handingLoop } from '../support/handing-loops.ts';
import { rig, until } from '../support/rig.ts';

const unique = (name: string) => `${name}-${process.pid}-${Math.random().toString(36).slice(2)}`;

const loops = (...all: ReturnType<typeof handingLoop>[]) => all.map((loop) => ({ loop }));

test('a run of another loop is started with who started it on record, and its id is the effect’s result', async () => {
  const first = handingLoop('first', ({ id }, context) =>
    context.loops.start('second', id, { id }, { budgetUsd: 0.01 }),
  );
  const { start, adopt, rows } = await rig({ loops: loops(first, handingLoop('second')) });
  const id = unique('a');
  const handle = await start('first', { id }, { requestedBy: 'ada' });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  expect(await (await adopt(`second-${id}`)).result()).toMatchObject({ outcome: 'accepted' });
  expect(await rows(`select trigger, budget from runs where loop = 'second'`)).toEqual([
    {
      trigger: JSON.stringify({ kind: 'loop', source: handle.workflowId, by: 'ada', depth: 2 }),
      budget: 10_000,
    },
  ]);
  expect(await rows(`select result from effects where name = 'handOn' order by begun_at limit 1`)).toEqual([
    { result: JSON.stringify({ workflowId: `second-${id}`, alreadyRunning: false }) },
  ]);
});

test('a kill between the start and its record starts no second run, although the first has closed', async () => {
  let tries = 0;
  const first = handingLoop('first', async ({ id }, context) => {
    tries += 1;
    return await context.loops.start('second', id, { id });
  });
  const { store, start, adopt, rows } = await rig({ loops: loops(first, handingLoop('second')) });
  const id = unique('killed');
  const record = store.starts.record.bind(store.starts);
  Object.assign(store.starts, {
    record: async () => {
      await (await adopt(`second-${id}`)).result();
      Object.assign(store.starts, { record });
      throw new Error('killed');
    },
  });
  expect(await (await start('first', { id })).result()).toMatchObject({ outcome: 'accepted' });
  expect(tries).toBe(2);
  expect(await rows(`select workflow_id from runs where loop = 'second'`)).toEqual([{ workflow_id: `second-${id}` }]);
  expect(await rows(`select workflow_id, started_by, loop from starts`)).toEqual([
    { workflow_id: `second-${id}`, started_by: 'first', loop: 'second' },
  ]);
});

test('an effect that fails after it started a run starts none when it is tried again', async () => {
  let tries = 0;
  const first = handingLoop('first', async ({ id }, context) => {
    const started = await context.loops.start('second', id, { id });
    await until(
      () => rows(`select outcome from runs where loop = 'second'`),
      ([run]) => run?.['outcome'] === 'accepted',
    );
    if ((tries += 1) === 1) throw new Error('the target is down');
    return started;
  });
  const { start, adopt, rows } = await rig({ loops: loops(first, handingLoop('second')) });
  const id = unique('again');
  expect(await (await start('first', { id })).result()).toMatchObject({ outcome: 'accepted' });
  await adopt(`second-${id}`);
  expect(tries).toBe(2);
  expect(await rows(`select count(*) as n from runs where loop = 'second'`)).toEqual([{ n: 1 }]);
});

test('a run of somebody else under the same id is told, and nothing is started beside it', async () => {
  const first = handingLoop('first', ({ id }, context) => context.loops.start('second', id, { id }));
  const second = { loop: handingLoop('second'), harness: 'approval: { when: "true" }' };
  const { run, start, gate, rows, store } = await rig({ loops: [{ loop: first }, second] });
  const id = unique('theirs');
  const theirs = await start('second', { id }, undefined, `second-${id}`);
  await gate(theirs);
  await run('first', { id });
  expect(await rows('select count(*) as n from starts')).toEqual([{ n: 0 }]);
  expect((await store.facts.query(`select result from effects`))[0]?.['result']).toContain('"alreadyRunning":true');
  await theirs.signal('approve', { by: 'ada' });
  await theirs.result();
});

test('what is named by `once` is started once ever, and another version of it is new work', async () => {
  const first = handingLoop('first', ({ id, next }, context) =>
    context.loops.start(
      'second',
      `${id}-${next ?? ''}`,
      { id },
      { once: id, ...(next === undefined ? {} : { version: next }) },
    ),
  );
  const { run, adopt, rows } = await rig({ loops: loops(first, handingLoop('second')) });
  const id = unique('once');
  for (const next of ['1', '1', '2', '1']) await run('first', { id, next });
  for (const version of ['1', '2']) await (await adopt(`second-${id}-${version}`)).result();
  const works = await rows(`select work_key from runs where loop = 'second' order by opened_at`);
  expect(works).toHaveLength(2);
  expect(works.map((row) => String(row['work_key']).includes('/rerun:'))).toEqual([false, true]);
});

test('a loop that starts itself for ever ends at the fifth, and says so', async () => {
  const endless = handingLoop('endless', ({ id }, context) =>
    context.loops.start('endless', `${id}x`, { id: `${id}x` }),
  );
  const { start, adopt, rows } = await rig({ loops: loops(endless) });
  const id = unique('e');
  await start('endless', { id }, undefined, `endless-${id}`);
  const last = `endless-${id}xxxx`;
  await until(
    () => rows(`select outcome from runs where workflow_id = '${last}'`),
    ([run]) => typeof run?.['outcome'] === 'string',
  );
  for (const steps of ['x', 'xx', 'xxx', 'xxxx']) await adopt(`endless-${id}${steps}`);
  expect(await rows('select outcome, count(*) as n from runs group by outcome order by outcome')).toEqual([
    { outcome: 'accepted', n: 4 },
    { outcome: 'blocked', n: 1 },
  ]);
  const [refused] = await rows(`select reason from runs where workflow_id = '${last}'`);
  expect(refused?.['reason']).toBe(
    `StartRefused: Effect \`handOn\` of loop endless cannot start ${last}x: run ${last} is the 5th loop of a chain, and a chain of loops that start each other has at most 5. Let a loop that starts itself end by its own rule, or let a schedule or a finder start it.`,
  );
});

test.each([
  ['sekond', 'k', {}, 'there is no such loop on this worker. Did you mean "second"? It runs: first, second.'],
  [
    'second',
    'a key',
    { id: 'a' },
    'expected its key to be 1 to 200 letters (a-z), digits, ".", "_", "-" or ":", got "a key"',
  ],
  ['second', 'k', { id: 7 }, 'its input does not fit: ✖ Invalid input: expected string, received number   → at id.'],
  ['second', 'k', { id: 'x'.repeat(300_000) }, 'at most 262144 are taken'],
])('`start(%j, %j, …)` of what cannot be started blocks the run, and names the rule', async (loop, key, input, why) => {
  const first = handingLoop('first', (_work, context) => context.loops.start(loop, key, input));
  const { run, rows } = await rig({ loops: loops(first, handingLoop('second')) });
  const { outcome, reason } = await run('first', { id: 'a' });
  expect(outcome).toBe('blocked');
  expect(reason).toMatch(/^StartRefused: Effect `handOn` of loop first cannot start /);
  expect(reason).toContain(why);
  expect(await rows('select origin from starts')).toEqual([]);
});

test('an option that would widen what a run may is refused; what is left out of a trigger stays valid', async () => {
  const first = handingLoop('first', ({ id }, context) =>
    context.loops.start('second', id, { id }, { trigger: { kind: 'manual' } } as object),
  );
  const { run } = await rig({ loops: loops(first, handingLoop('second')) });
  expect((await run('first', { id: 'a' })).reason).toContain('its options do not fit: ✖ Unrecognized key: "trigger"');
  expect(RunOptions.safeParse({ trigger: { kind: 'loop', depth: 6 } }).success).toBe(false);
});
