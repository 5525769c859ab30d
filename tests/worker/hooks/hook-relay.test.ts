import { ServiceError } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { HookRule, type Delivery } from '../../../contract/hooks.ts';
import { compileHook } from '../../../core/hooks/match.ts';
import { LoopClient } from '../../../client/loop-client.ts';
import { Relay, type RelayOptions } from '../../../gateway/relay.ts';
import { hookRelay } from '../../../worker/hooks/hook-relay.ts';
import { good, titleLoop } from '../../support/loops.ts';
import { rig, until } from '../../support/rig.ts';

const RULE = {
  loop: 'writeTitle',
  input: { id: 'body.id', topic: 'body.topic' },
  key: 'body.id',
  requestedBy: '"cms"',
};

const sources = (...rules: object[]) =>
  new Map([
    [
      'cms',
      {
        kind: 'standard',
        secrets: [],
        toleranceMs: 1,
        match: compileHook(rules.map((one) => HookRule.parse(one))),
      } as const,
    ],
  ]);

/** A worker whose relay starts runs of what is put into its inbox. */
async function relaying(rules: readonly object[] = [RULE]) {
  const loop = titleLoop();
  const { store, client, taskQueue, rows, adopt } = await rig({ loops: [{ loop }], script: () => good('owls') });
  const relay = hookRelay({
    store,
    sources: sources(...rules),
    loops: new Map([['writeTitle', { loop }]]),
    client,
    taskQueue,
    report: () => {},
  });
  onTestFinished(() => relay.stop());
  const receive = (delivery: string, body: unknown) =>
    store.inbox.receive({ source: 'cms', delivery, event: 'note', body: JSON.stringify(body), at: 1000 });
  const settled = async (): Promise<readonly Delivery[]> => {
    relay.wake();
    return await until(
      () => store.inbox.list({ limit: 99 }),
      (all) => all.every(({ state }) => state !== 'waiting'),
    );
  };
  return { store, client, taskQueue, rows, adopt, relay, receive, settled, runs: new LoopClient(client, taskQueue) };
}

const key = (name: string) => `${name}-${process.pid}-${Math.random().toString(36).slice(2)}`;

test('a delivery starts one run, with its trigger on record, and what is no work says why', async () => {
  const { receive, settled, adopt, rows } = await relaying();
  const id = key('a');
  await receive('d1', { id, topic: 'owls' });
  await receive('d2', { id: key('b') });
  await receive('d3', { id: key('c'), topic: 7 });
  const [third, second, first] = await settled();
  expect(first).toMatchObject({ state: 'started', workflowId: `writeTitle-${id}` });
  expect(second).toMatchObject({ state: 'failed', reason: expect.stringContaining('`input.topic`') as unknown });
  expect(third).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('does not fit writeTitle') as unknown,
  });
  const handle = await adopt(`writeTitle-${id}`);
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  expect((await rows('select trigger from runs')).map(({ trigger }) => JSON.parse(String(trigger)) as unknown)).toEqual(
    [{ kind: 'webhook', source: 'cms', by: 'cms' }],
  );
});

test('a kill between the start of a run and its note starts no second one, although the first has closed', async () => {
  const { store, runs, receive, settled, rows, adopt } = await relaying();
  const id = key('killed');
  await receive('d1', { id, topic: 'owls' });
  await store.inbox.begin({ source: 'cms', delivery: 'd1' }, { workflowId: `writeTitle-${id}` });
  await runs.start('writeTitle', id, { id, topic: 'owls' }, undefined, 'cms/d1');
  await (await adopt(`writeTitle-${id}`)).result();
  expect(await settled()).toMatchObject([{ state: 'started', workflowId: `writeTitle-${id}` }]);
  expect(await rows('select workflow_id from runs')).toHaveLength(1);
});

test('deliveries of a source that nobody has wait for whoever has it', async () => {
  const { store, receive, relay } = await relaying();
  await store.inbox.receive({ source: 'other', delivery: 'd0', event: 'note', body: '{}', at: 900 });
  await receive('d1', { id: 'no name!', topic: 'owls' });
  relay.wake();
  await until(
    () => store.inbox.list({ limit: 9, source: 'cms' }),
    ([one]) => one?.state === 'failed',
  );
  expect(await store.inbox.list({ limit: 9, source: 'other' })).toMatchObject([{ state: 'waiting' }]);
});

test('another delivery for a run that is open joins it; once it is closed there is a second run, without work', async () => {
  const { receive, settled, adopt, rows } = await relaying();
  const id = key('joined');
  await receive('d1', { id, topic: 'owls' });
  await receive('d2', { id, topic: 'owls' });
  const reasons = (await settled()).map(({ state, reason = 'new' }) => `${state}: ${reason}`);
  expect(new Set(reasons)).toEqual(new Set(['started: new', `started: writeTitle-${id} was open already`]));
  await (await adopt(`writeTitle-${id}`)).result();
  await receive('d3', { id, topic: 'owls' });
  await settled();
  expect(await (await adopt(`writeTitle-${id}`)).result()).toMatchObject({ outcome: 'noWork' });
  expect(await rows('select outcome from runs order by outcome')).toEqual([
    { outcome: 'accepted' },
    { outcome: 'noWork' },
  ]);
});

test('what was closed before it was opened starts nothing', async () => {
  const order = { subject: 'body.id', version: 'body.at' };
  const { receive, settled } = await relaying([
    { when: 'body.closed', order },
    { ...RULE, order },
  ]);
  const id = key('order');
  await receive('d1', { id, topic: 'owls', at: '2026-11-27T09:00:05Z', closed: true });
  await receive('d2', { id, topic: 'owls', at: '2026-11-27T09:00:00Z', closed: false });
  expect((await settled()).map(({ state, reason }) => [state, reason])).toEqual([
    ['stale', `something newer of ${id} was seen`],
    ['ignored', 'rule 1 starts nothing'],
  ]);
});

test('a loop that is not there fails the delivery, and a retry goes through once it is', async () => {
  const { store, client, taskQueue, receive, settled, adopt } = await relaying([{ ...RULE, loop: 'later' }]);
  const id = key('later');
  await receive('d1', { id, topic: 'owls' });
  expect(await settled()).toMatchObject([
    { state: 'failed', reason: 'there is no loop "later" here; it has writeTitle' },
  ]);
  const loop = titleLoop();
  const mended = hookRelay({
    store,
    sources: sources(RULE),
    loops: new Map([['writeTitle', { loop }]]),
    client,
    taskQueue,
    report: () => {},
  });
  onTestFinished(() => mended.stop());
  expect(await store.inbox.retry({ source: 'cms', delivery: 'd1' })).toBe(true);
  mended.wake();
  await until(
    () => store.inbox.list({ limit: 9 }),
    ([one]) => one?.state === 'started',
  );
  await (await adopt(`writeTitle-${id}`)).result();
});

test('while Temporal is away deliveries wait, in order, and people hear of it once', async () => {
  const { store, receive, relay: never } = await relaying();
  await never.stop();
  const said: string[] = [];
  const started: string[] = [];
  let away = 3;
  const start: RelayOptions['start'] = async ({ loop, key: name }) => {
    if (away > 0) {
      away -= 1;
      throw new ServiceError('Failed to start Workflow');
    }
    started.push(name);
    return { workflowId: `${loop}-${name}`, alreadyRunning: false };
  };
  const relay = new Relay({
    inbox: store.inbox,
    sources: sources(RULE),
    refuses: () => undefined,
    start,
    isFinal: () => false,
    report: (text) => said.push(text),
  });
  onTestFinished(() => relay.stop());
  for (const name of ['one', 'two', 'three']) await receive(name, { id: name, topic: 'owls' });
  relay.wake();
  await until(
    () => store.inbox.list({ limit: 9 }),
    (all) => all.every(({ state }) => state === 'started'),
  );
  expect(started.toSorted()).toEqual(['one', 'three', 'two']);
  expect(said).toEqual([
    'Webhooks wait: no run could be started (Failed to start Workflow). They are kept, and tried again.',
    'Webhooks that waited start their runs.',
  ]);
});
