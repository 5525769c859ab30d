import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';
import { candidateOf, moving } from './samples.ts';

/** What must hold of harness versions and the moves between them, whatever is behind it. */
export function harnessConformance(name: string, open: OpenEmptyStore): void {
  describe(`harnesses on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
      await store.harnesses.adopt('triage', { n: 1 }, 'sha256:1', 1);
    });
    const propose = (n: number) =>
      store.candidates.propose(candidateOf(`sha256:change-${n}`), { body: { n }, digest: `sha256:${n}` });
    const promote = (version: string, expected: string) =>
      store.harnesses.promote({ ...moving(`promote ${version}`), version, expected, unproven: false });
    const running = async () => `v${(await store.harnesses.current('triage'))?.version}`;
    const kinds = async () => (await store.harnesses.moves('triage', 9)).map(({ kind, to }) => `${kind} ${to}`);

    test('a harness file that changed is a new version; one that says the same is not', async () => {
      expect(await store.harnesses.adopt('triage', { n: 2 }, 'sha256:2', 2)).toMatchObject({ version: 2 });
      expect(await store.harnesses.adopt('triage', { n: 2 }, 'sha256:2', 3)).toMatchObject({ version: 2 });
      expect(await store.harnesses.current('triage')).toMatchObject({ version: 2, body: { n: 2 }, promoted: true });
      expect(await store.harnesses.find('triage', 'v1')).toMatchObject({ body: { n: 1 } });
      expect(await store.harnesses.find('triage', 'v3')).toBeUndefined();
      expect((await store.loopBook.versions('triage')).map(({ version }) => version)).toEqual([2, 1]);
      expect(await store.harnesses.moves('triage', 9)).toMatchObject([
        { from: 'v1', to: 'v2', kind: 'file' },
        { to: 'v1' },
      ]);
    });

    test('what was promoted stays until the file changes, and a file that says the same is none that changed', async () => {
      await propose(2);
      await promote('v2', 'v1');
      expect(await store.harnesses.adopt('triage', { n: 1 }, 'sha256:1', 2)).toMatchObject({ version: 2 });
      expect(await store.harnesses.adopt('triage', { n: 2 }, 'sha256:2', 3)).toMatchObject({ version: 2 });
      expect(await kinds()).toEqual(['promotion v2', 'file v1']);
      // From what was exported back to what it said before: the file changed.
      expect(await store.harnesses.adopt('triage', { n: 1 }, 'sha256:1', 4)).toMatchObject({ version: 3 });
      expect(await kinds()).toEqual(['file v3', 'promotion v2', 'file v1']);
    });

    test('of two who promote at once one wins, and the other hears what the loop runs on', async () => {
      await Promise.all([propose(2), propose(3)]);
      const answers = await Promise.all([promote('v2', 'v1'), promote('v3', 'v1'), promote('v3', 'v1')]);
      expect(answers).toMatchObject([
        { kind: 'moved', current: 'v2', move: { from: 'v1', to: 'v2' } },
        { kind: 'conflict', current: 'v2' },
        { kind: 'conflict', current: 'v2' },
      ]);
      expect(await running()).toBe('v2');
      expect(await kinds()).toEqual(['promotion v2', 'file v1']);
    });

    test('the same key again answers the same, whatever happened since', async () => {
      await propose(2);
      const first = await promote('v2', 'v1');
      await store.harnesses.rollback(moving('back'));
      expect(await promote('v2', 'v1')).toEqual(first);
      expect(await running()).toBe('v1');
    });

    test('a promotion says on what evidence, on the audit log too, and its candidate is promoted', async () => {
      await propose(2);
      const evidence = { experiment: 'trial-1', e: 31.5, unproven: true };
      await store.harnesses.promote({ ...moving('p'), version: 'v2', expected: 'v1', ...evidence });
      expect(await store.harnesses.moves('triage', 1)).toMatchObject([
        { kind: 'promotion', by: 'ada', reason: 'shorter is better', ...evidence, at: 2000 },
      ]);
      expect(await store.harnesses.find('triage', 'v2')).toMatchObject({ promoted: true, source: 'candidate' });
      expect(await store.candidates.ofVersion('triage', 'v2')).toMatchObject({ state: 'promoted', settledAt: 2000 });
      const [entry] = await store.audit.newest({ kind: 'harness', limit: 1 });
      expect(JSON.parse(entry?.body ?? '')).toMatchObject({
        loop: 'triage',
        version: 2,
        from: 1,
        by: 'ada',
        ...evidence,
      });
      expect(await promote('v2', 'v1')).toEqual({ kind: 'already', current: 'v2' });
    });

    test('a rollback goes back through what was not taken back, as a record of its own', async () => {
      await Promise.all([propose(2), propose(3)]);
      await promote('v2', 'v1');
      await promote('v3', 'v2');
      const back = (key: string, to?: string) =>
        store.harnesses.rollback({ ...moving(key), ...(to === undefined ? {} : { to }) });
      expect(await store.harnesses.before('triage')).toBe('v2');
      expect(await back('a')).toMatchObject({ kind: 'moved', current: 'v2', move: { from: 'v3', kind: 'rollback' } });
      expect(await back('b')).toMatchObject({ kind: 'moved', current: 'v1' });
      expect(await store.harnesses.before('triage')).toBeUndefined();
      await expect(back('c')).rejects.toThrow('Loop triage runs on its first harness');
      expect(await back('d', 'v3')).toMatchObject({ kind: 'moved', current: 'v3' });
      expect(await store.candidates.ofVersion('triage', 'v3')).toMatchObject({ state: 'promoted' });
      expect(await back('e')).toMatchObject({ kind: 'moved', current: 'v1' });
      expect(await store.candidates.ofVersion('triage', 'v2')).toMatchObject({ state: 'rolledBack' });
      expect(await store.harnesses.moves('triage', 9)).toHaveLength(7);
    });

    test('there is no way back to what was never promoted, nor from what is not expected', async () => {
      await Promise.all([propose(2), propose(3)]);
      await promote('v2', 'v1');
      await expect(store.harnesses.rollback({ ...moving('a'), to: 'v3' })).rejects.toThrow(
        'v3 of loop triage was never',
      );
      await expect(store.harnesses.rollback({ ...moving('a'), to: 'v9' })).rejects.toThrow('has no harness v9');
      await expect(promote('v9', 'v2')).rejects.toThrow('has no harness v9');
      await expect(store.harnesses.rollback({ ...moving('a'), loop: 'other' })).rejects.toThrow(
        'no harness of a loop other',
      );
      expect(await store.harnesses.rollback({ ...moving('a'), expected: 'v1' })).toEqual({
        kind: 'conflict',
        current: 'v2',
      });
      expect(await store.harnesses.rollback({ ...moving('a'), to: 'v2' })).toEqual({ kind: 'already', current: 'v2' });
    });
  });
}
