import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { RunQuery } from '../../contract/record.ts';
import type { Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';
import { callOf, lessonOf, runOf } from './samples.ts';

const approve = { decision: 'approve', by: 'ada', identity: 'unverified' } as const;

/** What can be asked about runs later: the same on every store. */
export function recordConformance(name: string, open: OpenEmptyStore): void {
  describe(`the record on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });

    const keys = async (query: Partial<RunQuery>) =>
      (await store.runs.list({ limit: 50, ...query })).runs.map(({ runKey }) => runKey);
    const openAt = (digest: string, openedAt: number) =>
      store.gates.open({
        runKey: 'r1',
        gate: 'publish#1',
        digest,
        stage: 'main#1',
        artefact: digest,
        audit: false,
        because: '',
        openedAt,
      });
    const decide = (digest: string, decision: 'approve' | 'revise') =>
      store.gates.decide({
        runKey: 'r1',
        gate: 'publish#1',
        digest,
        decision: { ...approve, decision },
        lessons: [],
        at: 5000,
      });

    test('runs are listed newest first, by loop, by outcome, open or not, and since a time', async () => {
      await store.runs.open(runOf('r1', { openedAt: 1000 }));
      await store.runs.open(runOf('r2', { openedAt: 2000, loop: 'report' }));
      await store.runs.open(runOf('r3', { openedAt: 3000 }));
      await store.runs.close({ runKey: 'r1', outcome: 'accepted', reason: 'done', closedAt: 4000, lessons: [] });
      await store.runs.close({ runKey: 'r3', outcome: 'rejected', reason: 'no', closedAt: 4000, lessons: [] });
      expect(await keys({})).toEqual(['r3', 'r2', 'r1']);
      expect(await keys({ loop: 'triage' })).toEqual(['r3', 'r1']);
      expect(await keys({ outcome: 'rejected' })).toEqual(['r3']);
      expect(await keys({ open: true })).toEqual(['r2']);
      expect(await keys({ open: false })).toEqual(['r3', 'r1']);
      expect(await keys({ since: 2000 })).toEqual(['r3', 'r2']);
      expect(await keys({ loop: 'nobody' })).toEqual([]);
    });

    test('a list says whether there are more than its limit', async () => {
      for (const runKey of ['r1', 'r2', 'r3']) await store.runs.open(runOf(runKey));
      expect((await store.runs.list({ limit: 2 })).runs).toHaveLength(2);
      expect((await store.runs.list({ limit: 2 })).more).toBe(true);
      expect((await store.runs.list({ limit: 3 })).more).toBe(false);
    });

    test('a listed run says what it left and what it cost', async () => {
      const trigger = { kind: 'schedule', source: 'weekly' } as const;
      await store.runs.open(runOf('r1', { trigger, dryRun: true }));
      await store.ledger.reserve(callOf('r1'), {
        model: 'fake-1',
        microUsd: 40,
        budgets: [{ id: 'run:r1', capMicroUsd: 100 }],
        at: 1000,
        leaseUntil: 2000,
      });
      await store.attempts.add({ runKey: 'r1', stage: 'main#1', attempt: 1, author: 'model:x', at: 1100 }, 'text');
      await openAt('sha256:a', 1200);
      await openAt('sha256:b', 1300);
      await store.runs.close({
        runKey: 'r1',
        outcome: 'stalled',
        reason: 'same again',
        closedAt: 1600,
        lessons: [lessonOf('r1', 'l')],
      });
      expect((await store.runs.list({ limit: 1 })).runs).toEqual([
        {
          workflowId: 'triage-r1',
          runKey: 'r1',
          loop: 'triage',
          state: 'closed',
          outcome: 'stalled',
          reason: 'same again',
          openedAt: 1000,
          closedAt: 1600,
          attempts: 1,
          gates: 1,
          lessons: 1,
          costMicroUsd: 40,
          harness: 'v1',
          dryRun: true,
          trigger,
        },
      ]);
    });

    test('a run waits from the opening of a gate until its newest version is decided; a revision settles nothing', async () => {
      const state = async () => (await store.runs.list({ limit: 1 })).runs[0]?.state;
      await store.runs.open(runOf('r1'));
      expect(await state()).toBe('running');
      await openAt('sha256:a', 1200);
      expect(await state()).toBe('awaitingDecision');
      await decide('sha256:a', 'revise');
      expect(await state()).toBe('awaitingDecision');
      await openAt('sha256:b', 1300);
      await decide('sha256:b', 'approve');
      expect(await state()).toBe('running');
      await store.runs.close({ runKey: 'r1', outcome: 'accepted', reason: '', closedAt: 1600, lessons: [] });
      expect(await state()).toBe('closed');
    });
  });
}
