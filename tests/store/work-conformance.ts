import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Closing, Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';
import { runOf } from './samples.ts';

const close = (runKey: string, change: Partial<Closing> = {}): Closing => ({
  runKey,
  outcome: 'accepted',
  reason: 'done',
  closedAt: 2000,
  lessons: [],
  ...change,
});

/** Whose work it is, and how long its artefacts live: the same on every store. */
export function workConformance(name: string, open: OpenEmptyStore): void {
  describe(`work and artefacts on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });

    test('one of many runs that open the same work at once gets it', async () => {
      const runs = Array.from({ length: 10 }, (_, index) => runOf(`r${index}`, { workKey: 'triage/4711' }));
      const claims = await Promise.all(runs.map((run) => store.runs.open(run)));
      expect(claims.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
      expect(claims.filter(({ kind }) => kind === 'inProgress')).toHaveLength(9);
    });

    test('work that was accepted is done for good, and its artefact is named', async () => {
      await store.runs.open(runOf('r1', { workKey: 'w' }));
      await store.runs.close(close('r1', { artefact: 'sha256:a' }));
      for (const runKey of ['r1', 'r2']) {
        expect(await store.runs.open(runOf(runKey, { workKey: 'w' }))).toEqual({
          kind: 'alreadyDone',
          holder: { runKey: 'r1', workflowId: 'triage-r1', firstRunId: 'first-r1', artefact: 'sha256:a' },
        });
      }
    });

    test.each(['rejected', 'expired', 'exhausted', 'stalled', 'overBudget', 'blocked', 'stopped', 'dryRun'] as const)(
      'work whose run ended %s may be done again',
      async (outcome) => {
        await store.runs.open(runOf('r1', { workKey: 'w' }));
        await store.runs.close(close('r1', { outcome }));
        expect(await store.runs.open(runOf('r2', { workKey: 'w' }))).toMatchObject({ kind: 'claimed' });
      },
    );

    test('a dry run claims no work, and no claim on the work stands in its way', async () => {
      await store.runs.open(runOf('dry', { workKey: 'w', dryRun: true }));
      expect(await store.runs.open(runOf('r1', { workKey: 'w' }))).toMatchObject({ kind: 'claimed' });
      expect(await store.runs.open(runOf('dry2', { workKey: 'w', dryRun: true }))).toMatchObject({ kind: 'claimed' });
      await store.runs.close(close('dry', { outcome: 'dryRun' }));
      expect(await store.runs.open(runOf('r2', { workKey: 'w' }))).toMatchObject({ kind: 'inProgress' });
      await store.runs.close(close('r1'));
      expect(await store.runs.open(runOf('dry3', { workKey: 'w', dryRun: true }))).toMatchObject({ kind: 'claimed' });
      expect(await store.runs.open(runOf('r3', { workKey: 'w' }))).toMatchObject({
        kind: 'alreadyDone',
        holder: { runKey: 'r1' },
      });
    });

    test('a claim that is repeated answers what was pinned the first time', async () => {
      await store.runs.open(runOf('r1'));
      const claim = await store.runs.open(runOf('r1', { watermark: 99, harness: 'v2' }));
      expect(claim).toMatchObject({ kind: 'claimed', run: { watermark: 0, harness: 'v1' } });
    });

    test('a run that found its work taken is closed at once, so no sweep takes it for lost', async () => {
      await store.runs.open(runOf('r1', { workKey: 'w' }));
      await store.runs.openDuplicate(runOf('r2', { workKey: 'w' }), 'triage-r1', 'inProgress: triage-r1');
      expect((await store.runs.unclosed()).map(({ runKey }) => runKey)).toEqual(['r1']);
      expect(await store.runs.find('r2')).toMatchObject({ outcome: 'noWork' });
      expect(await store.facts.query(`select duplicate_of from runs where run_key = 'r2'`)).toEqual([
        { duplicate_of: 'triage-r1' },
      ]);
    });

    test('a run that closed itself is not closed again from outside', async () => {
      await store.runs.open(runOf('r1'));
      await store.runs.close(close('r1', { artefact: 'sha256:a' }));
      await store.runs.close(close('r1', { outcome: 'stopped', reason: 'lost', unlessClosed: true }));
      expect(await store.runs.find('r1')).toMatchObject({ outcome: 'accepted', artefact: 'sha256:a' });
    });

    test('a run that is reset and finds its own work done does not overwrite how it was done', async () => {
      await store.runs.open(runOf('r1'));
      await store.runs.close(close('r1', { artefact: 'sha256:a' }));
      await store.runs.close(close('r1', { outcome: 'noWork', reason: 'alreadyDone' }));
      expect(await store.runs.find('r1')).toMatchObject({ outcome: 'accepted', artefact: 'sha256:a' });
    });

    test('a closing counts what the run left', async () => {
      await store.runs.open(runOf('r1'));
      expect(await store.runs.close(close('r1'))).toEqual({ attempts: 0, gates: 0, lessons: 0, costMicroUsd: 0 });
    });

    test('a `run` part that two runs hold lives until the last of them closes', async () => {
      for (const runKey of ['r1', 'r2']) await store.runs.open(runOf(runKey));
      const shared = await store.artefacts.put('shared', { runKey: 'r1', keep: 'run' });
      expect(await store.artefacts.put('shared', { runKey: 'r2', keep: 'run' })).toBe(shared);
      const own = await store.artefacts.put('own', { runKey: 'r1', keep: 'run' });
      await store.runs.close(close('r1'));
      expect(await store.artefacts.get(own)).toBeUndefined();
      expect(await store.artefacts.get(shared)).toBe('shared');
      await store.runs.close(close('r2'));
      expect(await store.artefacts.get(shared)).toBeUndefined();
      expect(await store.facts.query('select * from artefact_owners')).toEqual([]);
    });

    test('an answer of a source is found while it is fresh, and goes when its time is over', async () => {
      const answer = { key: 'k', loop: 'triage', body: '[1]', at: 100, expiresAt: 200 };
      await store.sourceAnswers.put(answer);
      await store.sourceAnswers.put({ ...answer, body: '[0]', at: 90 });
      expect(await store.sourceAnswers.find('k', 100)).toMatchObject({ body: '[1]', at: 100 });
      expect(await store.sourceAnswers.find('k', 101)).toBeUndefined();
      await store.sourceAnswers.put({ ...answer, body: '[2]', at: 110, expiresAt: 210 });
      await store.sourceAnswers.expire(209);
      expect(await store.sourceAnswers.find('k', 0)).toMatchObject({ body: '[2]' });
      await store.sourceAnswers.expire(210);
      expect(await store.facts.query('select * from source_answers')).toEqual([]);
    });

    test('a part that anybody keeps as durable outlives every run', async () => {
      for (const runKey of ['r1', 'r2']) await store.runs.open(runOf(runKey));
      const digest = await store.artefacts.put('kept', { runKey: 'r1', keep: 'run' });
      await store.artefacts.put('kept', { runKey: 'r2', keep: 'durable' });
      for (const runKey of ['r1', 'r2']) await store.runs.close(close(runKey));
      expect(await store.artefacts.get(digest)).toBe('kept');
    });
  });
}
