import { expect, test } from 'vitest';
import { meteredCall } from '../../../activities/metered-call.ts';
import { sweep } from '../../../activities/sweep.ts';
import { question, workbench, type Workbench } from '../workbench.ts';

const key = { stage: 'main#1', attempt: 1, call: 'generate' };
const answer = { json: { title: 'Owls' } };

const pay = (bench: Workbench, attempt = 1, signal = new AbortController().signal) =>
  bench.within(() => meteredCall(bench.deps, bench.run, key, bench.endpoint, question({ signal })), attempt);

/** Aborts a call as Temporal does, for that reason. */
async function abortedFor(reason: string) {
  const done = Promise.withResolvers<void>();
  const bench = await workbench({ script: [{ after: done.promise, answer }], asks: { background: true } });
  const controller = new AbortController();
  const call = pay(bench, 1, controller.signal).catch(() => 'ended');
  await expect.poll(() => bench.model.background.looks).toBeGreaterThan(0);
  controller.abort(new Error(reason));
  expect(await call).toBe('ended');
  return { bench, done };
}

test('a response in the background is waited for, and settled at what it used', async () => {
  const bench = await workbench({ script: [answer], asks: { background: true } });
  expect(await pay(bench)).toMatchObject({ text: '{"title":"Owls"}', usage: { inputTokens: 100, outputTokens: 20 } });
  expect(await bench.store.facts.query('select state, booked, response from ledger')).toEqual([
    { state: 'settled', booked: 140, response: 'resp_bg_0' },
  ]);
  expect(bench.model.seen).toHaveLength(1);
});

test.each(['WORKER_SHUTDOWN', 'TIMED_OUT'])(
  'a call that ends by %s leaves its response, and the next try picks it up and pays once',
  async (reason) => {
    const { bench, done } = await abortedFor(reason);
    expect(bench.model.background.cancelled).toEqual([]);
    expect(await bench.ledger()).toMatchObject([{ state: 'held' }]);
    done.resolve();
    expect(await pay(bench, 2)).toMatchObject({ text: '{"title":"Owls"}' });
    expect(await bench.ledger()).toMatchObject([{ state: 'settled', booked: 140, activity_attempt: 2 }]);
    expect(bench.model.seen).toHaveLength(1);
    expect(bench.model.billed.calls).toBe(1);
  },
);

test('an old try that Temporal does not know any more leaves the response to the one that took it over', async () => {
  const done = Promise.withResolvers<void>();
  const bench = await workbench({ script: [{ after: done.promise, answer }], asks: { background: true } });
  const controller = new AbortController();
  const first = pay(bench, 1, controller.signal).catch(() => 'ended');
  await expect.poll(() => bench.model.background.looks).toBeGreaterThan(0);
  const second = pay(bench, 2);
  await expect.poll(async () => (await bench.ledger())[0]?.['activity_attempt']).toBe(2);
  controller.abort(new Error('NOT_FOUND'));
  expect(await first).toBe('ended');
  expect(bench.model.background.cancelled).toEqual([]);
  done.resolve();
  expect(await second).toMatchObject({ text: '{"title":"Owls"}' });
  expect(await bench.ledger()).toMatchObject([{ state: 'settled', booked: 140 }]);
});

test('a try that Temporal does not know any more and that nobody took over cancels its response', async () => {
  const { bench } = await abortedFor('NOT_FOUND');
  expect(bench.model.background.cancelled).toEqual(['resp_bg_0']);
  expect(await bench.ledger()).toMatchObject([{ state: 'uncertain' }]);
});

test('a response that cannot be written down is cancelled: nobody would know of it', async () => {
  const bench = await workbench({ script: [{ hang: true }], asks: { background: true } });
  const { ledger } = bench.store;
  const note = () => Promise.reject(new Error('disk full'));
  const store = { ...bench.store, ledger: { ...ledger, note } };
  await expect(pay({ ...bench, deps: { ...bench.deps, store } })).rejects.toThrow('disk full');
  expect(bench.model.background.cancelled).toEqual(['resp_bg_0']);
  expect(await bench.ledger()).toMatchObject([{ state: 'uncertain' }]);
});

test('a call that is cancelled cancels its response, and is booked at its worst case', async () => {
  const { bench } = await abortedFor('CANCELLED');
  expect(bench.model.background.cancelled).toEqual(['resp_bg_0']);
  expect(await bench.ledger()).toMatchObject([{ state: 'uncertain' }]);
});

test('a response that its provider forgot is a failure with a name, and the next try makes another', async () => {
  const { bench, done } = await abortedFor('WORKER_SHUTDOWN');
  bench.model.background.forget('resp_bg_0');
  done.resolve();
  await expect(pay(bench, 2)).rejects.toMatchObject({
    type: 'ModelError.Unavailable',
    message: expect.stringContaining('knows no response resp_bg_0 any more') as unknown,
  });
  expect(await bench.ledger()).toMatchObject([{ state: 'uncertain' }]);
});

const opened = ({ store, run }: Workbench) =>
  store.runs.open({ ...run, workflowId: 'w', firstRunId: 'f', trigger: { kind: 'manual' }, openedAt: 0 });

test('what nobody waits for any more is asked for at its provider before it is booked', async () => {
  const { bench, done } = await abortedFor('WORKER_SHUTDOWN');
  const later = { ...bench.deps, now: () => Date.UTC(2026, 0, 1, 1, 30) };
  await opened(bench);
  // Still going on, half an hour after its lease.
  expect(await sweep({ ...later, executions: { isOpen: async () => true } })).toEqual({ runs: 0, reservations: 0 });
  done.resolve();
  await expect.poll(() => bench.model.billed.calls).toBe(1);
  expect(await sweep({ ...later, executions: { isOpen: async () => true } })).toEqual({ runs: 0, reservations: 1 });
  expect(await bench.ledger()).toMatchObject([{ state: 'settled', booked: 140 }]);
});

test('what a run that is over left in flight is cancelled at once', async () => {
  const { bench } = await abortedFor('WORKER_SHUTDOWN');
  await opened(bench);
  await bench.store.runs.close({ runKey: 'r1', outcome: 'stopped', reason: 'enough', closedAt: 1, lessons: [] });
  expect(await bench.ledger()).toMatchObject([{ state: 'held' }]);
  const executions = { isOpen: async () => false };
  expect(await sweep({ ...bench.deps, executions })).toEqual({ runs: 0, reservations: 1 });
  expect(bench.model.background.cancelled).toEqual(['resp_bg_0']);
  expect(await bench.ledger()).toMatchObject([{ state: 'uncertain' }]);
});
