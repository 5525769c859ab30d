import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { RunQuery } from '../../contract/record.ts';
import { RunRecord } from '../../contract/run-record.ts';
import type { Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';
import { callOf, lessonOf, runOf } from './samples.ts';

const durable = { runKey: 'r1', keep: 'durable' } as const;
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

    test('runs are listed by their key, and by their work, as a whole or without the loop', async () => {
      await store.runs.open(runOf('r1', { workflowId: 'triage-T2', workKey: 'triage/4713', openedAt: 1000 }));
      await store.runs.open(runOf('r2', { workflowId: 'triage-T3', workKey: 'triage/T2', openedAt: 2000 }));
      await store.runs.open(runOf('r3', { loop: 'report', workflowId: 'other-T2', workKey: 'triage-4713' }));
      expect(await keys({ named: 'T2' })).toEqual(['r2', 'r1']);
      expect(await keys({ named: '4713' })).toEqual(['r1']);
      expect(await keys({ named: 'triage/4713' })).toEqual(['r1']);
      expect(await keys({ named: 'T2', loop: 'report' })).toEqual([]);
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

    test('a run of an older program waits from the opening of a gate until its newest version is decided; a revision settles nothing', async () => {
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

    test('all about a run is found by workflow id or run key, and is one run only', async () => {
      await store.runs.open(runOf('r1', { workflowId: 'w', input: await store.artefacts.put('{"id":1}', durable) }));
      await store.runs.open(runOf('other'));
      const manifest = { tokens: 1, budgetTokens: 2, watermark: 0, parts: [], dropped: [] };
      await store.contexts.add({ runKey: 'r1', stage: 'main', at: 1050 }, JSON.stringify(manifest));
      const attempt = { stage: 'main#1', attempt: 1, author: 'model:x', at: 1100 };
      const { artefact } = await store.attempts.add({ runKey: 'r1', ...attempt }, 'made');
      await store.attempts.add({ runKey: 'other', ...attempt }, 'not this');
      const judged = { stage: 'main#1', artefact, author: 'verifiers', at: 1150 };
      const judgement = {
        verdict: { verdict: 'pass', criteria: [{ name: 'c', verdict: 'pass', evidence: 'seen' }] },
        approval: { ask: true, audit: false, because: 'rule' },
      } as const;
      await store.attempts.judge({ runKey: 'r1', ...judged }, judgement);
      await openAt('sha256:g', 1200);
      await decide('sha256:g', 'approve');
      const effect = { key: 'triage/r1/label', name: 'label', artefact, at: 1300 };
      await store.effects.begin({ runKey: 'r1', ...effect });
      await store.effects.finish(effect.key, 'ok', 1310);
      await store.effects.begin({ runKey: 'r1b', ...effect, key: 'triage/r1/rerun:r1b/label' });
      await store.runs.close({
        runKey: 'r1',
        outcome: 'accepted',
        reason: 'done',
        closedAt: 1600,
        lessons: [lessonOf('r1', 'l')],
      });
      const record = await store.records.find({ run: 'w' });
      expect(record).toMatchObject({
        run: { runKey: 'r1', workflowId: 'w', workKey: 'triage/r1', outcome: 'accepted', firstRunId: 'first-r1' },
        input: '{"id":1}',
        contexts: [{ stage: 'main', at: 1050, manifest }],
        attempts: [{ ...attempt, artefact, output: 'made' }],
        judgements: [{ ...judged, ...judgement }],
        gates: [{ gate: 'publish#1', digest: 'sha256:g', openedAt: 1200 }],
        decisions: [{ decision: 'approve', by: 'ada', identity: 'unverified', at: 5000 }],
        effects: [{ name: 'label', state: 'done', result: '"ok"', begunAt: 1300, doneAt: 1310, runKey: 'r1' }],
        lessons: [{ kind: 'example' }],
        calls: [],
        others: [],
      });
      expect(record?.attempts).toHaveLength(1);
      expect(record?.effects).toHaveLength(1);
      expect(await store.records.find({ run: 'r1' })).toEqual(record);
      expect(RunRecord.parse(JSON.parse(JSON.stringify(record)))).toMatchObject({ run: { runKey: 'r1' } });
      expect(await store.records.find({ run: 'nobody' })).toBeUndefined();
    });

    test('of several runs under a workflow id the newest is found, or the one that is named; the others are listed', async () => {
      for (const [runKey, openedAt] of [
        ['r1', 1000],
        ['r2', 2000],
        ['r3', 3000],
      ] as const)
        await store.runs.open(runOf(runKey, { workflowId: 'w', openedAt }));
      const found = async (runId?: string) =>
        await store.records.find({ run: 'w', ...(runId === undefined ? {} : { runId }) });
      expect((await found())?.run.runKey).toBe('r3');
      expect((await found())?.others.map(({ runKey }) => runKey)).toEqual(['r2', 'r1']);
      expect((await found('r1'))?.run.runKey).toBe('r1');
      expect((await found('first-r2'))?.run.runKey).toBe('r2');
      expect(await found('r9')).toBeUndefined();
    });
  });
}
