import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JudgeRecord } from '../../contract/judges.ts';
import { judgeFigures } from '../../core/learning/judges.ts';
import { openStore } from '../../store/index.ts';
import type { Store } from '../../store/ports.ts';
import { labelled, taste } from '../support/labelled.ts';

async function emptyStore(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-judges-'));
  const store = await openStore(folder, process.pid);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return store;
}

const base = { loop: 'titles', criteria: [taste('pass')] };

test('evidence is what people did with what verifiers judged in runs of work, newest first', async () => {
  const store = await emptyStore();
  await labelled(store, { ...base, name: 'a', at: 10, decision: 'approve' });
  await labelled(store, { ...base, name: 'b', at: 20, decision: 'reject', words: 'too long' });
  await labelled(store, { ...base, name: 'c', at: 30, decision: 'revise', words: 'shorter, please' });
  await labelled(store, { ...base, name: 'd', at: 40, decision: undefined, ask: false });
  await labelled(store, { ...base, name: 'case', at: 50, decision: 'reject', trigger: 'eval' });
  await labelled(store, { ...base, loop: 'other', name: 'x', at: 60, decision: 'reject' });
  const { artefacts } = await store.judgeRecords.evidence('titles', 100);
  expect(artefacts.map(({ runKey, stage, ask, author, decided }) => ({ runKey, stage, ask, author, decided }))).toEqual(
    [
      { runKey: 'titles/d', stage: 'main', ask: false, author: 'model:fake-1', decided: undefined },
      {
        runKey: 'titles/c',
        stage: 'main',
        ask: true,
        author: 'model:fake-1',
        decided: { state: 'answered', words: 'shorter, please', at: 32 },
      },
      {
        runKey: 'titles/b',
        stage: 'main',
        ask: true,
        author: 'model:fake-1',
        decided: { state: 'rejected', words: 'too long', at: 22 },
      },
      {
        runKey: 'titles/a',
        stage: 'main',
        ask: true,
        author: 'model:fake-1',
        decided: { state: 'approved', words: 'so', at: 12 },
      },
    ],
  );
  expect((await store.judgeRecords.evidence('titles', 2)).artefacts).toHaveLength(2);
});

test('a standing is on record, and on the audit log, once for each change', async () => {
  const store = await emptyStore();
  const record = (standing: JudgeRecord['standing'], at: number): JudgeRecord => {
    return { loop: 'titles', stage: 'main', judge: 'taste', standing, because: 'x', figures: judgeFigures([]), at };
  };
  const { judgeRecords } = store;
  expect(await judgeRecords.stand(record('uncalibrated', 1))).toBe(false);
  expect(await judgeRecords.stand(record('advisory', 2))).toBe(true);
  expect(await judgeRecords.stand(record('advisory', 3))).toBe(false);
  expect(await judgeRecords.stand(record('gating', 4))).toBe(true);
  expect(await judgeRecords.stand({ ...record('advisory', 5), stage: 'draft' })).toBe(true);
  expect(await judgeRecords.newest('titles')).toEqual([
    { ...record('advisory', 5), stage: 'draft' },
    record('gating', 4),
  ]);
  const entries = await store.audit.newest({ kind: 'judge', limit: 10 });
  expect(entries.map(({ body }) => (JSON.parse(body) as { standing: string }).standing)).toEqual([
    'advisory',
    'gating',
    'advisory',
  ]);
});
