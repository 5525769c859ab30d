import { expect, test } from 'vitest';
import type { RunSummary } from '../../contract/record.ts';
import { namedRun } from '../../core/named-runs.ts';

const run = (workflowId: string, runKey: string, more: Partial<RunSummary> = {}) =>
  ({ workflowId, runKey, dryRun: false, ...more }) as RunSummary;

const taken = { outcome: 'noWork' } as const;

test('of runs under one workflow id the newest is meant', () => {
  expect(namedRun([])).toEqual({ kind: 'none' });
  expect(namedRun([run('w', 'r2', taken), run('w', 'r1')])).toMatchObject({ kind: 'one', run: { runKey: 'r2' } });
});

test('dry runs, and those that found their work taken, stand back for the one that did it', () => {
  const runs = [run('x', 'r3', taken), run('dry', 'r2', { dryRun: true }), run('w', 'r1')];
  expect(namedRun(runs)).toMatchObject({ kind: 'one', run: { runKey: 'r1' } });
  expect(namedRun(runs.slice(0, 2))).toMatchObject({ kind: 'several', runs: [{ runKey: 'r3' }, { runKey: 'r2' }] });
});

test('several runs that did something are all candidates', () => {
  expect(namedRun([run('a', 'r3'), run('b', 'r2'), run('a', 'r1')])).toMatchObject({
    kind: 'several',
    runs: [{ runKey: 'r3' }, { runKey: 'r2' }],
  });
});
