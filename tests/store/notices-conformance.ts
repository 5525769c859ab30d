import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { PlannedLetter } from '../../store/notices-port.ts';
import type { Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';
import { noticeOf, policy, runOf } from './samples.ts';

/** What every store must do with what people are told, whatever is behind it. */
export function noticesConformance(name: string, open: OpenEmptyStore): void {
  describe(`notices on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });
    const opened = async (digest: string, openedAt = 1000) => {
      await store.runs.open(runOf(`run-${digest}`));
      const version = { stage: 'main#1', artefact: 'a', audit: false, because: 'rule', openedAt, policy };
      await store.gates.open({ runKey: `run-${digest}`, gate: 'main#1', digest, ...version });
    };
    const letter = (event: 'reminder' | 'decided', dueAt: number, channel = 'ops'): PlannedLetter => ({
      id: `approval:d@1000/${event}`,
      channel,
      event,
      dueAt,
      ifTold: event === 'decided',
    });
    const states = async () =>
      (await store.notices.list({ limit: 99 })).map(({ channel, event, state }) => `${channel} ${event} ${state}`);
    const OPENED = 'approval:d@1000/opened';

    test('an approval is looked at first, at its time, when it is settled and when it is opened again', async () => {
      await opened('d');
      const due = (now: number) => store.notices.toLookAt(now, 9);
      expect(await due(0)).toEqual(['d']);
      await store.notices.plan({ ...noticeOf('d')[0], nextAt: 2000 }, []);
      expect([await due(1999), await due(2000)]).toEqual([[], ['d']]);
      await store.notices.plan({ ...noticeOf('d')[0], at: 2000 }, []);
      expect(await due(9e9)).toEqual([]);
      const reject = { decision: 'revise', output: {}, by: 'ada', identity: 'unverified' } as const;
      await store.gates.decide({
        runKey: 'run-d',
        gate: 'main#1',
        digest: 'd',
        decision: reject,
        lessons: [],
        at: 2100,
      });
      expect(await due(2000)).toEqual(['d']);
      await store.notices.plan({ ...noticeOf('d')[0], at: 2200, settled: true }, []);
      expect(await due(9e9)).toEqual([]);
      await opened('d', 3000);
      expect(await due(2000)).toEqual(['d']);
      expect(await store.notices.lookedAt({ ...noticeOf('d')[0], since: 3000 })).toBeUndefined();
      expect(await store.notices.lookedAt(noticeOf('d')[0])).toBe(2200);
    });

    test('a newer letter takes the place of one that waits; what is settled needs nobody; who was told hears how it ended', async () => {
      const [look, letters] = noticeOf('d');
      await store.notices.plan(look, [...letters, { ...(letters[0] as PlannedLetter), channel: 'mail' }]);
      await store.notices.begin({ channel: 'mail', ids: [OPENED], at: 1150, nextAt: 9000 });
      await store.notices.settle({ channel: 'mail', ids: [OPENED], state: 'sent', at: 1160 });
      await store.notices.plan({ ...look, at: 2000 }, [letter('reminder', 2000)]);
      expect(await states()).toEqual(['ops reminder waiting', 'mail opened sent', 'ops opened withdrawn']);
      await store.notices.plan({ ...look, at: 2500, settled: true }, [
        letter('decided', 2500),
        letter('decided', 2500, 'mail'),
      ]);
      expect(await states()).toEqual([
        'mail decided waiting',
        'ops reminder withdrawn',
        'mail opened sent',
        'ops opened withdrawn',
      ]);
    });

    test('what is on its way while it is withdrawn has arrived all the same, and counts as told', async () => {
      const [look, letters] = noticeOf('d');
      await store.notices.plan(look, letters);
      const sending = { channel: 'ops', ids: [OPENED], at: 1150, nextAt: 6150, together: 'm1' };
      expect(await store.notices.begin(sending)).toEqual([OPENED]);
      expect(await store.notices.ready('ops', 6149, 9)).toEqual([]);
      expect(await store.notices.ready('ops', 6150, 9)).toMatchObject([{ id: OPENED, attempts: 1, together: 'm1' }]);
      await store.notices.plan({ ...look, at: 1200, settled: true }, [letter('decided', 1200)]);
      expect(await store.notices.begin({ ...sending, at: 1300 })).toEqual([]);
      await store.notices.settle({ channel: 'ops', ids: [OPENED], state: 'sent', at: 1310 });
      expect(await states()).toEqual(['ops decided waiting', 'ops opened sent']);
    });

    test('messages are counted, not the letters in them; channels that are gone wait for nothing', async () => {
      for (const digest of ['a', 'b', 'c']) await store.notices.plan(...noticeOf(digest));
      const ids = (await store.notices.ready('ops', 2000, 9)).map(({ id }) => id);
      const begin = (some: readonly string[], at: number, together?: string) =>
        store.notices.begin({ channel: 'ops', ids: some, at, nextAt: 9000, together });
      await begin(ids.slice(0, 1), 1200);
      await begin(ids.slice(1), 1300, 'both');
      expect(await store.notices.begunSince('ops', 1199)).toBe(2);
      expect(await store.notices.begunSince('ops', 1200)).toBe(1);
      expect(await store.notices.keepChannels(['ops'], 1400)).toBe(0);
      expect(await store.notices.keepChannels(['mail'], 1400)).toBe(3);
      expect(await store.notices.expire(1401)).toBe(3);
    });
  });
}
