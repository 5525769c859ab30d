import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';

const delivery = (name: string, at = 1000) => ({
  source: 'notes',
  delivery: name,
  event: 'note',
  body: `{"n":"${name}"}`,
  at,
});
const SOURCES = ['notes', 'others'];
const key = (name: string) => ({ source: 'notes', delivery: name });

/** What every inbox must do, whatever is behind it. */
export function inboxConformance(name: string, open: OpenEmptyStore): void {
  describe(`an inbox on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });
    const states = async () =>
      Object.fromEntries((await store.inbox.list({ limit: 100 })).map((one) => [one.delivery, one.state]));

    test('a delivery is kept once, and waits in the order it came', async () => {
      for (const one of ['c', 'a', 'b']) expect(await store.inbox.receive(delivery(one))).toBe('new');
      expect(await store.inbox.receive({ ...delivery('a', 9000), body: '"another"' })).toBe('known');
      expect(await store.inbox.receive({ ...delivery('a'), source: 'others' })).toBe('new');
      expect((await store.inbox.waiting(3, SOURCES)).map((one) => one.delivery)).toEqual(['c', 'a', 'b']);
      expect((await store.inbox.waiting(9, SOURCES))[1]).toEqual({ ...key('a'), event: 'note', body: '{"n":"a"}' });
    });

    test('what became of one is kept, and its body is not, unless somebody may try again', async () => {
      for (const one of ['a', 'b', 'c']) await store.inbox.receive(delivery(one));
      await store.inbox.settle(key('a'), { state: 'started', workflowId: 'triage-a' });
      await store.inbox.settle(key('b'), { state: 'failed', reason: 'no such field' });
      expect(await store.inbox.waiting(9, SOURCES)).toHaveLength(1);
      expect(await store.facts.query('select delivery from inbox where body is null')).toEqual([{ delivery: 'a' }]);
      expect(await store.inbox.list({ state: 'failed', limit: 9 })).toEqual([
        { ...key('b'), event: 'note', receivedAt: 1000, state: 'failed', reason: 'no such field' },
      ]);
      expect(await store.inbox.retry(key('b'))).toBe(true);
      expect(await store.inbox.retry(key('a'))).toBe(false);
      expect(await store.inbox.retry(key('nobody'))).toBe(false);
      expect(await states()).toEqual({ a: 'started', b: 'waiting', c: 'waiting' });
    });

    test('sent again, one that nothing came of waits again; one that started something does not', async () => {
      for (const one of ['a', 'b']) await store.inbox.receive(delivery(one));
      await store.inbox.settle(key('a'), { state: 'started', workflowId: 'triage-a' });
      await store.inbox.settle(key('b'), { state: 'ignored', reason: 'none of 2 rules holds' });
      expect(await store.inbox.receive(delivery('a', 2000))).toBe('known');
      expect(await store.inbox.receive(delivery('b', 2000))).toBe('new');
      expect(await store.inbox.waiting(9, SOURCES)).toEqual([{ ...key('b'), event: 'note', body: '{"n":"b"}' }]);
    });

    test('what came long ago is forgotten once something became of it; what waits in a copy counts as begun', async () => {
      for (const [one, at] of [
        ['a', 1],
        ['b', 2],
        ['c', 3],
        ['d', 9],
      ] as const)
        await store.inbox.receive(delivery(one, at));
      await store.inbox.settle(key('a'), { state: 'started', workflowId: 'triage-a' });
      await store.inbox.settle(key('b'), { state: 'failed', reason: 'no such field' });
      await store.inbox.settle(key('d'), { state: 'ignored', reason: 'none of 2 rules holds' });
      expect(await store.inbox.expire(5)).toBe(2);
      expect(await store.inbox.expire(5)).toBe(0);
      expect(await states()).toEqual({ c: 'waiting', d: 'ignored' });
      await store.inbox.doubt();
      expect(await store.inbox.begin(key('c'), { workflowId: 'triage-c' })).toEqual({
        kind: 'again',
        workflowId: 'triage-c',
      });
    });

    test('whoever begins one again is told so', async () => {
      await store.inbox.receive(delivery('a'));
      expect(await store.inbox.begin(key('a'), { workflowId: 'triage-a' })).toEqual({ kind: 'first' });
      // Under the name that it was begun with, whatever the rules say by now, and also when it failed and was sent again.
      const again = { kind: 'again', workflowId: 'triage-a' };
      expect(await store.inbox.begin(key('a'), { workflowId: 'triage-other' })).toEqual(again);
      await store.inbox.settle(key('a'), { state: 'failed', reason: 'no such loop' });
      expect(await store.inbox.receive({ ...delivery('a'), event: 'another' })).toBe('new');
      expect(await store.inbox.waiting(9, SOURCES)).toMatchObject([{ event: 'note' }]);
      expect(await store.inbox.begin(key('a'), { workflowId: 'triage-a' })).toEqual(again);
    });

    test('what is older than what was seen of its subject is stale, unless it was begun before', async () => {
      for (const one of ['opened', 'edited', 'closed', 'late']) await store.inbox.receive(delivery(one));
      const seen = (version: number, subject = 'issue-1') => ({ workflowId: 'triage-x', seen: { subject, version } });
      // Asked for in one go, in their order, as the relay does.
      const { inbox } = store;
      expect(
        await Promise.all([
          inbox.begin(key('opened'), seen(10)),
          inbox.begin(key('closed'), seen(30)),
          inbox.begin(key('edited'), seen(20)),
          inbox.begin(key('late'), seen(30)),
        ]),
      ).toEqual(['first', 'first', 'stale', 'first'].map((kind) => ({ kind })));
      expect(await inbox.begin(key('opened'), seen(10))).toMatchObject({ kind: 'again' });
      expect(await inbox.begin(key('edited'), seen(20, 'issue-2'))).toEqual({ kind: 'first' });
    });
  });
}
