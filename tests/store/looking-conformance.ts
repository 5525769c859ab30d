import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { RunQuery } from '../../contract/record.ts';
import type { Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';
import { callOf, candidateOf, experiment, lessonOf, runOf } from './samples.ts';

const alert = { key: 'late:nightly', kind: 'late', about: 'nightly', text: 'did not run', raisedAt: 1570 } as const;
const closing = { outcome: 'stopped', reason: 'r', closedAt: 2000, lessons: [] } as const;

/** What every store must tell those who look on: what is new, runs by pages, loops in numbers. */
export function lookingConformance(name: string, open: OpenEmptyStore): void {
  describe(`looking on, on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });

    test('what happens is numbered, and is told from any number on without gap or double', async () => {
      expect(await store.changes.newest()).toBe(0);
      await store.runs.open(runOf('r1'));
      await store.runs.open(runOf('r1'));
      await store.alerts.raise(alert);
      await store.alerts.clear(alert.key, 1600);
      await store.runs.close({ runKey: 'r1', ...closing });
      const all = (await store.changes.after(0, 100)) ?? [];
      expect(all).toEqual([
        { seq: 1, kind: 'run', runKey: 'r1' },
        { seq: 2, kind: 'alert' },
        { seq: 3, kind: 'alert' },
        { seq: 4, kind: 'run', runKey: 'r1' },
      ]);
      expect(await store.changes.newest()).toBe(4);
      for (const { seq } of all) {
        const rest = (await store.changes.after(seq, 2)) ?? [];
        expect(rest).toEqual(all.filter((one) => one.seq > seq).slice(0, 2));
      }
    });

    test('lessons that runs know are told with what contexts made of them, and how they were tried', async () => {
      const manifest = (lessons: readonly number[]) => JSON.stringify({ parts: [{ lessons }] });
      const close = async (runKey: string, kind: 'example' | 'correction' = 'example') => {
        await store.runs.open(runOf(runKey));
        await store.runs.close({ runKey, ...closing, lessons: [{ ...lessonOf(runKey, runKey), kind }] });
      };
      await close('r1');
      await close('r2');
      await close('r3', 'correction');
      await store.contexts.add({ runKey: 'r2', stage: 'main', at: 1 }, manifest([1]));
      await store.contexts.add({ runKey: 'r3', stage: 'main', at: 1 }, manifest([1]));
      expect(await store.lessonStates.tryable('triage')).toEqual([
        { lesson: 1, uses: 2, corrected: 1 },
        { lesson: 2, uses: 0, corrected: 0 },
      ]);
      const stands = { state: 'retired', because: 'old', by: 'ada', at: 2 } as const;
      await store.lessonStates.change([{ loop: 'triage', lesson: 2, ...stands }]);
      expect(await store.lessonStates.tryable('triage')).toEqual([{ lesson: 1, uses: 2, corrected: 1 }]);
      expect(await store.lessonStates.trials('triage')).toEqual([]);
      const ablation = { ...experiment, kind: 'ablation', baseline: 'v1', cluster: 'lesson:1' } as const;
      await store.experiments.open(experiment);
      await store.experiments.open({ ...ablation, id: 'a1', workflowId: 'a1' });
      await store.experiments.open({ ...ablation, id: 'a2', workflowId: 'a2', most: 9, openedAt: 2000 });
      const grade = { experiment: 'a1', seq: 1, slice: 'guard', related: 'c', verdict: 'pass', asked: false } as const;
      const rest = { held: false, because: '', criteria: [], attempts: 1, costMicroUsd: 1, tookMs: 1, at: 1 };
      await store.grades.add([
        { ...grade, ...rest, arm: 'baseline', caseId: 'c1' },
        { ...grade, ...rest, arm: 'candidate', caseId: 'c1' },
        { ...grade, ...rest, arm: 'candidate', caseId: 'c2' },
      ]);
      const tried = { harness: 'v1', state: 'running', standing: 'collecting', because: 'no case has run yet' };
      const base = { ...tried, lesson: 1, budgetMicroUsd: 1 };
      expect(await store.lessonStates.trials('triage')).toEqual([
        { ...base, experiment: 'a1', workflowId: 'a1', openedAt: 1000, ran: 1 },
        { ...base, experiment: 'a2', workflowId: 'a2', openedAt: 2000, ran: 0, most: 9 },
      ]);
      const newest = { ...tried, experiment: 'a2', openedAt: 2000 };
      expect(await store.lessonStates.find('triage', 1)).toMatchObject({ tried: newest });
      expect(await store.lessonStates.find('triage', 2)).not.toHaveProperty('tried');
    });

    test('what is learnt is news: experiments, candidates, harnesses that are moved, and nothing that says the same again', async () => {
      await store.harnesses.adopt('triage', {}, 'sha256:1', 900);
      const candidate = candidateOf('sha256:c');
      await store.candidates.propose(candidate, { body: {}, digest: 'sha256:2' });
      for (const at of [1, 2]) await store.candidates.settle(candidate, { state: 'trial', because: 'tried', at });
      const stands = { state: 'running', standing: 'collecting', because: '1 of 2' } as const;
      await store.experiments.open(experiment);
      for (const _time of [1, 2]) await store.experiments.stand(experiment.id, stands);
      const run = { runKey: candidate.runKey };
      expect(await store.changes.after(0, 100)).toEqual([
        { seq: 1, kind: 'harness' },
        { seq: 2, kind: 'candidate', ...run },
        { seq: 3, kind: 'candidate', ...run },
        { seq: 4, kind: 'experiment' },
        { seq: 5, kind: 'experiment' },
      ]);
    });

    test('who was away too long is told so', async () => {
      const raised = Array.from({ length: 10_010 }, (_, index) => store.alerts.raise({ ...alert, key: `k${index}` }));
      await Promise.all(raised);
      expect(await store.changes.after(9, 1)).toBeUndefined();
      expect(await store.changes.after(10, 1)).toEqual([{ seq: 11, kind: 'alert' }]);
      expect(await store.changes.newest()).toBe(10_010);
    });

    test('runs come in pages that neither miss nor repeat one, whatever is opened meanwhile', async () => {
      for (let index = 0; index < 7; index += 1)
        await store.runs.open(runOf(`r${index}`, { openedAt: 1000 + Math.floor(index / 3) }));
      const seen: string[] = [];
      let query: RunQuery = { limit: 2 };
      for (;;) {
        const { runs, next, more } = await store.runs.list(query);
        seen.push(...runs.map(({ runKey }) => runKey));
        await store.runs.open(runOf(`late${seen.length}`, { openedAt: 5000 }));
        expect(more).toBe(next !== undefined);
        if (next === undefined) break;
        query = { limit: 2, after: next };
      }
      expect(seen).toEqual(['r6', 'r3', 'r4', 'r5', 'r0', 'r1', 'r2']);
    });

    test('a place that no page named is the beginning of nothing', async () => {
      await store.runs.open(runOf('r1'));
      expect((await store.runs.list({ limit: 2, after: 'nonsense' })).runs).toEqual([]);
    });

    test('a loop in numbers: outcomes, what waits, what it learnt and cost', async () => {
      await store.harnesses.adopt('triage', { a: 1 }, 'sha256:1', 900);
      await store.harnesses.adopt('triage', { a: 2 }, 'sha256:2', 950);
      await store.harnesses.adopt('report', {}, 'sha256:3', 950);
      await store.runs.open(runOf('r1'));
      await store.runs.open(runOf('r2'));
      const budgets = [{ id: 'loop:triage:2026-01-01', capMicroUsd: 1000 }];
      await store.ledger.reserve(callOf('r1'), { model: 'm', microUsd: 40, budgets, at: 1000, leaseUntil: 2000 });
      await store.ledger.settle(callOf('r1'), { microUsd: 10, inputTokens: 5, outputTokens: 2 });
      const gate = { gate: 'main#1', stage: 'main#1', artefact: 'a', audit: false, because: 'rule', openedAt: 1100 };
      await store.gates.open({ runKey: 'r1', digest: 'sha256:g1', ...gate });
      await store.gates.open({ runKey: 'r2', digest: 'sha256:g2', ...gate });
      const decision = { decision: 'approve', by: 'ada', identity: 'unverified' } as const;
      const decided = { runKey: 'r1', gate: 'main#1', digest: 'sha256:g1', decision, at: 1500 };
      await store.gates.decide({ ...decided, lessons: [lessonOf('r1', 'one')] });
      await store.runs.close({ runKey: 'r1', ...closing, outcome: 'accepted' });
      expect(await store.loopBook.names()).toEqual(['report', 'triage']);
      expect(await store.loopBook.figures('2026-01-01')).toEqual([
        {
          loop: 'report',
          version: 1,
          outcomes: {},
          open: 0,
          waiting: 0,
          lessons: 0,
          costMicroUsd: 0,
          todayMicroUsd: 0,
        },
        {
          loop: 'triage',
          version: 2,
          outcomes: { accepted: 1 },
          open: 1,
          waiting: 1,
          lessons: 1,
          costMicroUsd: 10,
          todayMicroUsd: 10,
          capMicroUsd: 1000,
        },
      ]);
      expect(await store.loopBook.figures('2026-01-02', 'triage')).toMatchObject([
        { loop: 'triage', todayMicroUsd: 0 },
      ]);
      expect(await store.loopBook.decisions('triage', 10)).toEqual({
        approved: 1,
        edited: 0,
        rejected: 0,
        medianMs: 400,
      });
      expect(await store.loopBook.decisions('report', 10)).toEqual({ approved: 0, edited: 0, rejected: 0 });
      await store.runs.open(runOf('r3', { trigger: { kind: 'schedule', source: 'nightly' } }));
      await store.runs.open(runOf('r4', { trigger: { kind: 'schedule', source: 'nightly' } }));
      expect(await store.loopBook.schedules('triage')).toEqual(['nightly']);
      expect(await store.loopBook.versions('triage')).toMatchObject([{ version: 2 }, { version: 1, source: 'file' }]);
      expect(await store.loopBook.lessons('triage', 5)).toMatchObject([{ id: 1, text: 'approved by a person' }]);
    });

    test('the audit log is read from its newest entry too, of one kind', async () => {
      for (const digest of ['1', '2', '3']) await store.harnesses.adopt('triage', { digest }, digest, 900);
      const newest = await store.audit.newest({ kind: 'harness', limit: 2 });
      expect(newest.map(({ seq }) => seq)).toEqual([3, 2]);
      expect(await store.audit.newest({ before: 2, limit: 5 })).toMatchObject([{ seq: 1 }]);
      expect(await store.audit.newest({ kind: 'raise', limit: 5 })).toEqual([]);
    });
  });
}
