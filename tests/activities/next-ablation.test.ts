import { expect, test } from 'vitest';
import { nextAblation } from '../../activities/experiments/next-ablation.ts';
import { compute, lessons, model } from '../../loops/define/index.ts';
import type { KeptCase } from '../../contract/case.ts';
import { names, titleLoop } from '../support/loops.ts';
import { caseOf, lessonOf, runOf } from '../store/samples.ts';
import { workbench } from './workbench.ts';

const DAY = 86_400_000;
const settings = { perDay: 1, budgetUsd: 1 };

/** A loop that has learnt two things, one of owls and one of newts. */
async function learnt(shows: boolean) {
  const loop = titleLoop('writeTitle', {
    stages: {
      main: {
        context: shows ? [lessons({ limit: 1 })] : [],
        generate: shows ? model() : compute('title', () => ({ title: '', confidence: 1 })),
        verify: [names],
      },
    },
  });
  const bench = await workbench({ loop });
  const { store } = bench;
  await store.runs.open(runOf('past', { loop: loop.name }));
  const made = ['owl', 'newt'].map((topic) => {
    return { ...lessonOf('past', topic), loop: loop.name, input: { id: topic, topic }, output: {} };
  });
  await store.runs.close({ runKey: 'past', outcome: 'accepted', reason: '', closedAt: 2, lessons: made });
  const next = (day: number) => nextAblation({ ...bench.deps, now: () => day * DAY }, loop.name, settings);
  return { ...bench, next };
}

const owls = (from: number, count: number, change: Partial<KeptCase> = {}): KeptCase[] =>
  Array.from({ length: count }, (_, at) => {
    const topic = `owl ${from + at}`;
    return caseOf(topic, { loop: 'writeTitle', input: { id: topic, topic }, ...change });
  });

test('a lesson is tried where enough cases that could know it would be shown it', async () => {
  const { store, next, told } = await learnt(true);
  // Decided before it was learnt.
  await store.cases.add(owls(1, 9, { lesson: 1 }));
  expect(await next(1)).toBeUndefined();
  expect(told).toEqual([
    'writeTitle: there is no lesson to try just now. Runs know 2 shown to the runs of fewer than 5 different cases.',
  ]);
  await store.cases.add(owls(20, 5));
  // What was found holds for the day.
  expect(await next(1)).toBeUndefined();
  expect(await next(2)).toMatchObject({ id: 'ablation-writeTitle-1-1', kind: 'ablation', cluster: 'lesson:1' });
  // The day has room for one.
  expect(await next(2)).toBeUndefined();
});

test('what showed nothing is tried again on as many new cases; a new version tries what helped again', async () => {
  const { store, next } = await learnt(true);
  await store.cases.add(owls(1, 5));
  const { id = '' } = (await next(1)) ?? {};
  const stands = { state: 'closed', because: '', closedAt: DAY } as const;
  await store.experiments.stand(id, { ...stands, standing: 'inconclusive' });
  expect(await next(2)).toBeUndefined();
  await store.cases.add(owls(6, 5, { at: 2 * DAY }));
  const again = await next(3);
  expect(again).toMatchObject({ id: 'ablation-writeTitle-1-2', candidate: 'v1' });
  await store.experiments.stand('ablation-writeTitle-1-2', { ...stands, standing: 'proven' });
  expect(await next(4)).toBeUndefined();
  await store.harnesses.adopt('writeTitle', { instructions: 'Short.' }, 'sha256:new', 5);
  expect(await next(4)).toMatchObject({ id: 'ablation-writeTitle-1-3', candidate: 'v2' });
});

test('no lesson of a loop is tried that shows none', async () => {
  const { store, next, told } = await learnt(false);
  await store.cases.add(owls(1, 9));
  expect(await next(1)).toBeUndefined();
  expect(told[0]).toContain('Runs know 2 of a loop that does not say which it shows');
});
