import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ApprovalQuery } from '../../contract/approvals.ts';
import type { Decision } from '../../contract/messages.ts';
import type { GateVersion, Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';
import { policy, runOf } from './samples.ts';

const NOW = 1500;

/** What every store must do with what waits for people, whatever is behind it. */
export function approvalConformance(name: string, open: OpenEmptyStore): void {
  describe(`approvals on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });
    const opened = async (run: string, digest: string, change: Partial<GateVersion> = {}) => {
      await store.runs.open(runOf(run, { loop: run.startsWith('report') ? 'report' : 'triage' }));
      const version = { stage: 'main#1', artefact: `${digest}/a`, audit: false, because: 'rule', openedAt: 1000 };
      await store.gates.open({ runKey: run, gate: 'main#1', digest, policy, ...version, ...change });
    };
    const decide = async (run: string, digest: string, decision: Partial<Decision>, at = 1200) => {
      const said = { decision: 'approve', by: 'ada', identity: 'unverified', ...decision } as const;
      await store.gates.decide({ runKey: run, gate: 'main#1', digest, decision: said, lessons: [], at });
    };
    const state = async (digest: string) => (await store.approvals.find(digest, NOW))?.state;
    const list = async (query: Partial<ApprovalQuery> = {}) =>
      await store.approvals.list(ApprovalQuery.parse(query), NOW);

    test('each version says what became of it', async () => {
      for (const digest of ['approved', 'rejected', 'edited', 'answered', 'expired', 'cancelled', 'open'])
        await opened(`run-${digest}`, digest);
      await decide('run-approved', 'approved', {});
      await decide('run-rejected', 'rejected', { decision: 'reject', note: 'no' });
      await decide('run-edited', 'edited', { decision: 'revise', output: {} });
      await decide('run-answered', 'answered', { decision: 'revise', feedback: 'shorter' });
      const expire = { decision: 'expire' } as const;
      const expired = { runKey: 'run-expired', gate: 'main#1', digest: 'expired' };
      await store.gates.decide({ ...expired, decision: expire, lessons: [], at: 1300 });
      const closing = { outcome: 'stopped', reason: 'r', closedAt: 1300, lessons: [] } as const;
      await store.runs.close({ runKey: 'run-cancelled', ...closing });
      const page = await list({ state: 'settled' });
      expect(page.items.map((one) => one.state).toSorted()).toEqual(page.items.map(({ digest }) => digest).toSorted());
      expect(page.items).toHaveLength(6);
      expect(await store.approvals.find('rejected', NOW)).toMatchObject({
        decidedBy: 'ada',
        note: 'no',
        decidedAt: 1200,
      });
      expect(await store.approvals.find('answered', NOW)).toMatchObject({ note: 'shorter', identity: 'unverified' });
      expect((await list()).items.map(({ digest }) => digest)).toEqual(['open']);
    });

    test('another version supersedes the one that waits, and one that is opened again waits again', async () => {
      await opened('r1', 'first');
      await opened('r1', 'second', { openedAt: 1100 });
      expect([await state('first'), await state('second')]).toEqual(['superseded', 'open']);
      await decide('r1', 'second', { decision: 'revise', output: { bad: true } });
      await opened('r1', 'second', { openedAt: 1250, because: 'the edit failed' });
      expect(await store.approvals.find('second', NOW)).toMatchObject({
        state: 'open',
        because: 'the edit failed',
        expiresAt: 6250,
      });
      await decide('r1', 'second', { decision: 'reject', note: 'no' }, 1300);
      await opened('r1', 'second', { openedAt: 1250 });
      expect(await state('second')).toBe('rejected');
    });

    test('as many different people as have to approve, and the same one twice is one', async () => {
      await opened('r1', 'two', { policy: { ...policy, quorum: 2 } });
      await decide('r1', 'two', {});
      await decide('r1', 'two', { note: 'again' }, 1210);
      expect(await store.approvals.find('two', NOW)).toMatchObject({
        state: 'open',
        have: 1,
        need: 2,
        approvedBy: ['ada'],
      });
      expect(await store.gates.approved('r1', 'two/a')).toBe(false);
      await decide('r1', 'two', { by: 'bo' }, 1220);
      expect(await store.approvals.find('two', NOW)).toMatchObject({ state: 'approved', have: 2, decidedBy: 'bo' });
      expect(await store.gates.approved('r1', 'two/a')).toBe(true);
    });

    test('where signatures are asked for, what is not signed counts for nothing', async () => {
      await opened('r1', 'signed', { policy: { ...policy, signed: true } });
      await decide('r1', 'signed', {});
      expect(await store.approvals.find('signed', NOW)).toMatchObject({ state: 'open', have: 0 });
      expect(await store.gates.approved('r1', 'signed/a')).toBe(false);
      await decide('r1', 'signed', { identity: 'signed' });
      expect(await state('signed')).toBe('approved');
      expect(await store.gates.approved('r1', 'signed/a')).toBe(true);
    });

    test('pages follow each other without a gap, what expires first comes first, loops are kept apart', async () => {
      for (let n = 0; n < 7; n += 1) await opened(`r${n}`, `d${n}`, { openedAt: 1000 - (n % 3) });
      await opened('report-1', 'other');
      const seen: string[] = [];
      for (let after: string | undefined, page = 0; page < 5; page += 1) {
        const { items, next } = await list({ loop: 'triage', limit: 3, ...(after === undefined ? {} : { after }) });
        seen.push(...items.map(({ digest }) => digest));
        after = next;
        if (after === undefined) break;
      }
      expect(seen).toEqual(['d2', 'd5', 'd1', 'd4', 'd0', 'd3', 'd6']);
      expect(await store.approvals.pending()).toEqual({ triage: 7, report: 1 });
      for (const digest of seen) await decide(`r${digest.slice(1)}`, digest, {}, 1200 + Number(digest.slice(1)));
      const first = await list({ state: 'approved', limit: 5 });
      const rest = await list({ state: 'approved', limit: 5, after: first.next ?? '' });
      expect([...first.items, ...rest.items].map(({ digest }) => digest)).toEqual([
        'd6',
        'd5',
        'd4',
        'd3',
        'd2',
        'd1',
        'd0',
      ]);
      expect(rest.next).toBeUndefined();
    });

    test('one has it in hand at a time, until then', async () => {
      await opened('r1', 'one');
      const claim = async (by: string, now: number) => await store.approvals.claim('one', by, now + 100, now);
      expect(await claim('ada', 1450)).toEqual({ kind: 'claimed', until: 1550 });
      expect(await claim('bo', 1460)).toEqual({ kind: 'held', by: 'ada', until: 1550 });
      expect(await store.approvals.find('one', NOW)).toMatchObject({ state: 'claimed', claimedBy: 'ada' });
      expect([(await list({ state: 'claimed' })).items.length, (await list({ state: 'open' })).items.length]).toEqual([
        1, 0,
      ]);
      expect(await claim('bo', 1600)).toEqual({ kind: 'claimed', until: 1700 });
      await store.approvals.release('one', 'ada');
      expect(await state('one')).toBe('claimed');
      await store.approvals.release('one', 'bo');
      expect(await state('one')).toBe('open');
      await decide('r1', 'one', {});
      expect(await claim('ada', 1900)).toEqual({ kind: 'settled' });
    });

    test('a part of a digest names one, or says that it is not enough', async () => {
      await opened('r1', 'sha256:abc1');
      await opened('r2', 'sha256:abc2');
      const named = async (prefix: string, run?: string) =>
        (await store.approvals.named({ prefix, ...(run === undefined ? {} : { run }) }, NOW)).map(
          ({ digest }) => digest,
        );
      expect(await named('sha256:abc')).toHaveLength(2);
      expect(await named('sha256:abc', 'triage-r2')).toEqual(['sha256:abc2']);
      expect(await named('sha256:abc1')).toEqual(['sha256:abc1']);
      expect(await named('sha256:f')).toEqual([]);
    });
  });
}
