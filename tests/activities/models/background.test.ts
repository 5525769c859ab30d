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

test('what nobody waits for any more is asked for at its provider before it is booked', async () => {
  const { bench, done } = await abortedFor('WORKER_SHUTDOWN');
  const later = { ...bench.deps, now: () => Date.UTC(2026, 0, 1, 1, 30) };
  await bench.store.runs.open({
    ...bench.run,
    workflowId: 'w',
    firstRunId: 'f',
    trigger: { kind: 'manual' },
    openedAt: 0,
  });
  // Still going on, half an hour after its lease.
  expect(await sweep({ ...later, executions: { isOpen: async () => true } })).toEqual({ runs: 0, reservations: 0 });
  done.resolve();
  await expect.poll(() => bench.model.billed.calls).toBe(1);
  expect(await sweep({ ...later, executions: { isOpen: async () => true } })).toEqual({ runs: 0, reservations: 1 });
  expect(await bench.ledger()).toMatchObject([{ state: 'settled', booked: 140 }]);
});
