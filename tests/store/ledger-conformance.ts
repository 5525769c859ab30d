import fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { CallKey, Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';
import { callOf, runOf } from './samples.ts';

const LOOP_CAP = 250;
const RUN_CAP = 100;

/** What may happen to the ledger; `run`, `attempt` and `again` say to which call. */
interface Move {
  readonly kind: 'reserve' | 'settle' | 'giveUp' | 'release' | 'expire';
  readonly run: number;
  readonly attempt: number;
  readonly again: number;
  readonly amount: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom('reserve', 'reserve', 'reserve', 'settle', 'giveUp', 'release', 'expire'),
  run: fc.nat({ max: 2 }),
  attempt: fc.integer({ min: 1, max: 3 }),
  again: fc.integer({ min: 1, max: 2 }),
  amount: fc.nat({ max: 60 }),
});

/** Rows of a budget that are wrong: more taken than the cap, or another sum than that of its lines. */
const LEAKS = `select b.id, b.cap, b.spent, b.reserved, coalesce(sum(l.booked), 0) as booked,
    coalesce(sum(case when l.state = 'held' then l.reserved else 0 end), 0) as held
  from budgets b left join ledger l on 'run:' || l.run_key = b.id or 'loop:' || l.loop = b.id
  group by b.id, b.cap, b.spent, b.reserved
  having b.spent + b.reserved > b.cap or b.spent <> coalesce(sum(l.booked), 0)
    or b.reserved <> coalesce(sum(case when l.state = 'held' then l.reserved else 0 end), 0)`;

function reserve(store: Store, call: CallKey, microUsd: number, at = 1000) {
  return store.ledger.reserve(call, {
    model: 'fake-1',
    microUsd,
    budgets: [
      { id: `loop:${call.loop}`, capMicroUsd: LOOP_CAP },
      { id: `run:${call.runKey}`, capMicroUsd: RUN_CAP },
    ],
    at,
    leaseUntil: at + 1000,
  });
}

/** Money: the same on every store. */
export function ledgerConformance(name: string, open: OpenEmptyStore): void {
  describe(`the ledger on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });
    const lines = (columns = 'state, booked') =>
      store.facts.query(`select ${columns} from ledger order by activity_attempt`);
    const budget = async (id: string) =>
      (await store.facts.query('select reserved, spent from budgets where id = ?', [id]))[0];

    test('no interleaving passes a cap, and every budget is the sum of its lines', async () => {
      let round = 0;
      const perform = (loop: string, { kind, run, attempt, again, amount }: Move): Promise<unknown> => {
        const call = callOf(`${loop}/r${run}`, { loop, attempt, activityAttempt: again });
        // At least 20, so that no call costs more than its worst case: that is another matter (below).
        if (kind === 'reserve') return reserve(store, call, 20 + amount, 1000 + amount);
        if (kind === 'expire') return store.ledger.expire(2000 + amount);
        if (kind === 'settle')
          return store.ledger.settle(call, { microUsd: Math.floor(amount / 4), inputTokens: 1, outputTokens: 1 });
        return kind === 'giveUp' ? store.ledger.giveUp(call) : store.ledger.release(call);
      };
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(move, { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
          async (batches) => {
            const loop = `loop${(round += 1)}`;
            for (const batch of batches) {
              await Promise.all(batch.map((one) => perform(loop, one)));
              expect(await store.facts.query(LEAKS)).toEqual([]);
            }
          },
        ),
        { numRuns: 30 },
      );
    }, 30_000);

    test('of calls that reserve at once, only as many are held as the cap has room for', async () => {
      const calls = Array.from({ length: 20 }, (_, index) => callOf('r1', { attempt: index + 1 }));
      const answers = await Promise.all(calls.map((call) => reserve(store, call, 30)));
      expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(3);
      expect(await budget('run:r1')).toEqual({ reserved: 90, spent: 0 });
      expect(await budget('loop:triage')).toEqual({ reserved: 90, spent: 0 });
    });

    test('a refusal names the budget, its cap and what is used, and takes nothing from any', async () => {
      await reserve(store, callOf('r1'), 80);
      expect(await reserve(store, callOf('r1', { attempt: 2 }), 21)).toEqual({
        kind: 'refused',
        budget: 'run:r1',
        capMicroUsd: RUN_CAP,
        usedMicroUsd: 80,
      });
      expect(await budget('loop:triage')).toEqual({ reserved: 80, spent: 0 });
      expect(await lines()).toHaveLength(1);
    });

    test('a call that dies in flight leaves one uncertain line when it is tried again', async () => {
      await reserve(store, callOf('r1'), 40);
      await reserve(store, callOf('r1', { activityAttempt: 2 }), 40);
      await store.ledger.settle(callOf('r1', { activityAttempt: 2 }), { microUsd: 7, inputTokens: 1, outputTokens: 1 });
      expect(await lines()).toEqual([
        { state: 'uncertain', booked: 40 },
        { state: 'settled', booked: 7 },
      ]);
      expect(await store.ledger.spent('r1')).toBe(47);
    });

    test('a try that finds a response in flight takes its line over, and pays once', async () => {
      await reserve(store, callOf('r1'), 40);
      await store.ledger.note(callOf('r1'), 'resp_1');
      const again = callOf('r1', { activityAttempt: 2 });
      expect(await reserve(store, again, 40)).toEqual({ kind: 'held', response: 'resp_1' });
      expect(await reserve(store, again, 40)).toEqual({ kind: 'held', response: 'resp_1' });
      await store.ledger.settle(callOf('r1'), { microUsd: 9, inputTokens: 1, outputTokens: 1 });
      await store.ledger.settle(again, { microUsd: 7, inputTokens: 1, outputTokens: 1 });
      expect(await lines()).toEqual([{ state: 'settled', booked: 7 }]);
      expect(await store.ledger.spent('r1')).toBe(7);
    });

    test('another model does not take over what is in flight: it is booked at its worst case, and has a line of its own', async () => {
      await reserve(store, callOf('r1'), 40);
      await store.ledger.note(callOf('r1'), 'resp_1');
      const budgets = [{ id: 'run:r1', capMicroUsd: RUN_CAP }];
      const other = { model: 'fake-2', microUsd: 30, budgets, at: 1000, leaseUntil: 2000 };
      expect(await store.ledger.reserve(callOf('r1', { activityAttempt: 2 }), other)).toEqual({ kind: 'held' });
      expect(await lines('model, state')).toEqual([
        { model: 'fake-1', state: 'uncertain' },
        { model: 'fake-2', state: 'held' },
      ]);
    });

    test('a reset does not pick up what the run before it left in flight', async () => {
      await reserve(store, callOf('r1'), 40);
      await store.ledger.note(callOf('r1'), 'resp_1');
      expect(await reserve(store, callOf('r1', { execution: 'execution-2' }), 40)).toMatchObject({ kind: 'held' });
      expect(await lines('state, response')).toEqual([
        { state: 'uncertain', response: 'resp_1' },
        { state: 'held', response: null },
      ]);
    });

    test('a run that closes itself leaves no call held: one that died in flight is uncertain', async () => {
      await store.runs.open(runOf('r1'));
      await reserve(store, callOf('r1'), 40);
      await reserve(store, callOf('r2'), 30);
      const closing = { runKey: 'r1', outcome: 'blocked', reason: 'Timeout', closedAt: 2000, lessons: [] } as const;
      await store.runs.close({ ...closing, unlessClosed: true });
      expect(await budget('run:r1')).toEqual({ reserved: 40, spent: 0 });
      expect(await store.runs.close(closing)).toMatchObject({ costMicroUsd: 40 });
      expect(await budget('run:r1')).toEqual({ reserved: 0, spent: 40 });
      expect(await budget('loop:triage')).toEqual({ reserved: 30, spent: 40 });
    });

    test('a call that a reset makes again is reserved and counted again', async () => {
      const again = callOf('r1', { execution: 'execution-2' });
      for (const call of [callOf('r1'), again]) {
        expect(await reserve(store, call, 40)).toMatchObject({ kind: 'held' });
        await store.ledger.settle(call, { microUsd: 9, inputTokens: 1, outputTokens: 1 });
      }
      expect(await store.ledger.spent('r1')).toBe(18);
      expect(await reserve(store, { ...again, execution: 'execution-3' }, 90)).toMatchObject({ kind: 'refused' });
    });

    test('an answer that comes after its line was given up changes nothing', async () => {
      await reserve(store, callOf('r1'), 40);
      await store.ledger.giveUp(callOf('r1'));
      await store.ledger.settle(callOf('r1'), { microUsd: 5, inputTokens: 99, outputTokens: 99 });
      expect(await lines('state, booked, input_tokens')).toEqual([{ state: 'uncertain', booked: 40, input_tokens: 0 }]);
    });

    test('a lease that has run out becomes uncertain, never free; one that has not is left alone', async () => {
      await reserve(store, callOf('r1'), 40, 1000);
      await reserve(store, callOf('r2'), 40, 5000);
      expect(await store.ledger.expire(2001)).toBe(1);
      expect(await store.ledger.expire(2001)).toBe(0);
      expect(await budget('run:r1')).toEqual({ reserved: 0, spent: 40 });
      expect(await budget('run:r2')).toEqual({ reserved: 40, spent: 0 });
    });

    test('a call that cost more than its worst case is booked as it was, and the next is refused', async () => {
      await reserve(store, callOf('r1'), 40);
      await store.ledger.settle(callOf('r1'), { microUsd: 120, inputTokens: 1, outputTokens: 1 });
      expect(await store.ledger.spent('r1')).toBe(120);
      expect(await reserve(store, callOf('r1', { attempt: 2 }), 0)).toMatchObject({ kind: 'refused' });
    });
  });
}
