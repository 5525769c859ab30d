import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { EXIT } from '../../../contract/exit-codes.ts';
import { compute, check, defineLoop } from '../../../loops/define/index.ts';
import { openStore } from '../../../store/index.ts';
import { readCases } from '../../../worker/load/cases.ts';
import { caseOf, lessonOf, runOf } from '../../store/samples.ts';
import { command } from '../../support/command.ts';

/** A data folder with a run, what it taught, and cases. */
async function dataFolder(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'loopwright-learning-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const store = await openStore(data, process.pid);
  await store.runs.open(runOf('r1'));
  const rude = { ...lessonOf('r1', 'no'), kind: 'rejection', source: 'rejection', text: 'rude \u001b[2J' } as const;
  const lessons = [
    { ...lessonOf('r1', 'yes'), createdAt: Date.now() },
    { ...rude, createdAt: Date.now() },
  ];
  await store.runs.close({ runKey: 'r1', outcome: 'accepted', reason: '', closedAt: 2, lessons });
  await store.cases.grow({
    loop: 'triage',
    upTo: 2,
    cases: [caseOf('c-1', { input: { id: '\u001b[2J' } }), caseOf('c-2', { sealed: true, cluster: 'said: rude' })],
    failures: [{ loop: 'triage', cluster: 'said: rude', feedback: 'human', lesson: 2, runKey: 'r1', at: Date.now() }],
  });
  await store.cases.putFile('triage', [caseOf('line', { source: 'file' })]);
  await store.close();
  return data;
}

const ids = (stdout: string): unknown[] => (JSON.parse(stdout) as { id: unknown }[]).map(({ id }) => id);

test('cases are listed, shown, pinned and moved; what a file says is said there', async () => {
  const data = await dataFolder();
  const run = (...words: string[]) => command(data, {}, 'cases', ...words);
  expect(ids((await run('list', 'triage', '--json')).stdout)).toEqual(['c-1', 'c-2', 'line']);
  expect(ids((await run('list', 'triage', '--json', '--limit', '1', '--after', 'c-1')).stdout)).toEqual(['c-2']);
  expect(ids((await run('list', 'triage', '--json', '--visible')).stdout)).toEqual(['c-1', 'line']);
  expect((await run('show', 'triage', 'c-1')).stdout).not.toContain('\u001b');
  expect(await run('show', 'triage', 'c-9')).toMatchObject({ code: EXIT.notFound });
  await run('pin', 'triage', 'c-1', 'c-2');
  expect(ids((await run('list', 'triage', '--json', '--slice', 'pinned')).stdout)).toEqual(['c-1', 'c-2']);
  expect((await run('move', 'triage', 'target', 'c-2')).stdout).toContain('target');
  expect(await run('pin', 'triage', 'line')).toMatchObject({ code: EXIT.conflict });
  expect(await run('move', 'triage', 'garden', 'c-2')).toMatchObject({ code: 1 });
});

test('what is exported is a file of cases that can be read', async () => {
  const data = await dataFolder();
  const file = join(data, 'cases.jsonl');
  expect(await command(data, {}, 'cases', 'export', 'triage', '--file', file)).toMatchObject({ code: 0, stdout: '' });
  const triage = defineLoop({
    name: 'triage',
    input: z.object({ id: z.string() }),
    output: z.object({ intent: z.string() }),
    stages: {
      main: {
        generate: compute('sort', () => ({ intent: 'refund' })),
        verify: [check('known', () => ({ verdict: 'pass', evidence: 'it is' }))],
      },
    },
  });
  const text = await readFile(file, 'utf8');
  const read = readCases(text, 'cases.jsonl', [triage]);
  expect(read.mistakes).toEqual([]);
  expect(read.cases.map(({ id }) => id)).toEqual(['c-1', 'c-2', 'line']);
  expect((await command(data, {}, 'cases', 'export', 'triage')).stdout).toBe(text.trimEnd());
});

test('lessons are listed with how they stand, reviewed, retired and expired', async () => {
  const data = await dataFolder();
  const run = (...words: string[]) => command(data, {}, 'lessons', ...words);
  const listed = await run('list', 'triage');
  expect(listed.stdout).toMatch(/#2 +rejection +needsReview.*said: rude +rude\n#1 +example +active/s);
  expect(JSON.parse((await run('clusters', 'triage', '--json')).stdout)).toMatchObject([
    { cluster: 'said: rude', feedback: 'human', count: 1, share: 1, cases: 1, sealed: 1 },
  ]);
  await run('review', 'triage', '#2', '--as', 'ada');
  expect(JSON.parse((await run('show', 'triage', '2', '--json')).stdout)).toMatchObject({
    state: 'active',
    reviewed: true,
    changedBy: 'ada',
    because: 'read by a person',
  });
  await run('retire', 'triage', '1', '--because', 'the fee was abolished');
  expect(ids((await run('list', 'triage', '--state', 'retired', '--json')).stdout)).toEqual([1]);
  expect((await run('show', 'triage', '1')).stdout).toContain('the fee was abolished');
  expect(await run('retire', 'triage', '9')).toMatchObject({ code: EXIT.notFound });
  expect((await run('expire', 'triage')).stdout).toBe('Examples of triage never expire.');
  expect((await run('expire', 'triage', '--after', '180 days', '--unused-for', '500')).stdout).toBe(
    'Examples of triage are retired when they are older than 180 d, or shown by none of the newest 500 contexts.',
  );
  expect(JSON.parse((await run('expire', 'triage', '--after', 'never', '--json')).stdout)).toEqual({
    loop: 'triage',
    unusedFor: 500,
  });
});
