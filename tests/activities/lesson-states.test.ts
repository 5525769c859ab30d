import { expect, test } from 'vitest';
import { governLessons } from '../../activities/govern-lessons.ts';
import { openRun } from '../../activities/open-run.ts';
import { ABLATION_OF, type LessonState } from '../../contract/kept-lesson.ts';
import type { Grade } from '../../contract/experiment.ts';
import type { Store } from '../../store/ports.ts';
import { lessonOf, runOf } from '../store/samples.ts';
import { workbench, type Workbench } from './workbench.ts';

const DAY = 86_400_000;

async function learnt(store: Store, days: readonly number[], now: number): Promise<void> {
  for (const [at, day] of days.entries()) {
    const runKey = `run-${at + 1}`;
    await store.runs.open(runOf(runKey, { openedAt: now - day * DAY }));
    const lessons = [{ ...lessonOf(runKey, runKey), createdAt: now - day * DAY }];
    await store.runs.close({ runKey, outcome: 'accepted', reason: '', closedAt: now, lessons });
  }
}

const stands = async (store: Store): Promise<[number, LessonState][]> =>
  (await store.lessonStates.list({ loop: 'triage', limit: 9 })).map(({ id, state }) => [id, state]);

const change = (lesson: number, state: LessonState) => ({
  loop: 'triage',
  lesson,
  state,
  because: 'because',
  by: 'ada',
  at: 1,
});

/** Ids of the examples that a run at a watermark knows. */
async function known(
  { deps }: Workbench,
  watermark: number,
  withoutLessons: readonly number[] = [],
): Promise<number[]> {
  return (await deps.lessons.labelled({ loop: 'triage', watermark, withoutLessons })).map(({ id }) => id);
}

test('a retired lesson is not known from then on; what was opened before goes on with what it knew', async () => {
  const bench = await workbench();
  const { store } = bench;
  await learnt(store, [3, 2, 1], bench.deps.now());
  const before = await store.lessons.watermark();
  await store.lessonStates.change([change(2, 'retired')]);
  const after = await store.lessons.watermark();
  expect(after).toBeGreaterThan(before);
  await learnt(store, [0, 0, 0, 0], bench.deps.now());
  const newest = await store.lessons.watermark();
  const fresh = await store.lessons.list({ loop: 'triage', after: before, upTo: newest });
  const ids = fresh.map(({ id }) => id);
  // No lesson has the number of the change.
  expect(ids).toHaveLength(1);
  expect(Math.min(...ids)).toBeGreaterThan(after);
  expect(await known(bench, newest)).toEqual([1, 3, ...ids]);
  expect(await known(bench, before)).toEqual([1, 2, 3]);
  expect(await known(bench, after)).toEqual([1, 3]);
  await store.lessonStates.change([change(2, 'active')]);
  expect(await known(bench, await store.lessons.watermark())).toEqual([1, 2, 3, ...ids]);
  expect(await known(bench, newest)).toEqual([1, 3, ...ids]);
  // Left out of a run, whoever reviewed it.
  expect(await known(bench, await store.lessons.watermark(), [2, 3])).toEqual([1, ...ids]);
});

test('a run that leaves lessons out does nothing, and is pinned to it', async () => {
  const { deps, store } = await workbench();
  const request = { loop: 'title', input: { id: '9', topic: 'owls' }, options: { withoutLessons: [4] }, runKey: 'r9' };
  const at = { workflowId: 'title-9', firstRunId: 'f', startedAt: 1 };
  await openRun(deps, { ...request, ...at, loop: [...deps.loops.keys()][0] ?? '' });
  expect(await store.runs.find('r9')).toMatchObject({ withoutLessons: [4], dryRun: true });
});

test('examples expire by age, and where none of the newest contexts showed them; what a person takes back stays', async () => {
  const { deps, store } = await workbench();
  const now = deps.now();
  await learnt(store, [40, 30, 20, 10], now);
  await store.lessonStates.setExpiry({ loop: 'triage', afterMs: 35 * DAY });
  await governLessons(deps, 'triage');
  expect(await stands(store)).toEqual([
    [4, 'active'],
    [3, 'active'],
    [2, 'active'],
    [1, 'retired'],
  ]);
  const manifest = (lessons: readonly number[]) => JSON.stringify({ parts: [{ lessons }] });
  await store.contexts.add({ runKey: 'run-3', stage: 'main', at: now }, manifest([2]));
  await store.contexts.add({ runKey: 'run-4', stage: 'main', at: now }, manifest([2, 3]));
  await store.lessonStates.change([change(1, 'active')]);
  await store.lessonStates.setExpiry({ loop: 'triage', unusedFor: 1 });
  await governLessons(deps, 'triage');
  await governLessons(deps, 'triage');
  expect(await stands(store)).toEqual([
    [4, 'active'],
    [3, 'active'],
    [2, 'active'],
    [1, 'active'],
  ]);
  expect(await store.lessonStates.find('triage', 2)).toMatchObject({ uses: 2, lastUsedAt: now, reviewed: false });
});

test('a lesson of which harm was shown is retired, and what it was worth is told; what a person takes back stays', async () => {
  const { deps, store } = await workbench();
  await learnt(store, [1, 1], deps.now());
  await store.experiments.open({
    id: 'x',
    loop: 'triage',
    kind: 'ablation',
    baseline: 'v1',
    candidate: 'v1',
    widens: false,
    cluster: `${ABLATION_OF}1`,
    watermark: 9,
    seed: 1,
    budgetMicroUsd: 1,
    workflowId: 'w',
    state: 'running',
    standing: 'collecting',
    because: '',
    openedAt: 1,
  });
  const graded = { experiment: 'x', slice: 'guard', asked: false, held: false, outcome: 'dryRun' } as const;
  const rest = { because: '', criteria: [], attempts: 1, costMicroUsd: 0, tookMs: 1, at: 1 };
  const pair = (n: number, related: string, helped: boolean): Grade[] => [
    { ...graded, ...rest, caseId: `c${n}`, seq: n, related, arm: 'baseline', verdict: helped ? 'pass' : 'fail' },
    { ...graded, ...rest, caseId: `c${n}`, seq: n, related, arm: 'candidate', verdict: helped ? 'fail' : 'pass' },
  ];
  await store.grades.add([
    ...pair(1, 'a', false),
    ...pair(2, 'a', false),
    ...pair(3, 'b', false),
    ...pair(4, 'c', true),
  ]);
  await governLessons(deps, 'triage');
  expect(await store.lessonStates.find('triage', 1)).toMatchObject({ state: 'active', helpful: 1, harmful: 2 });
  await store.experiments.stand('x', { state: 'closed', standing: 'refuted', because: 'it does harm', closedAt: 2 });
  await governLessons(deps, 'triage');
  const retired = { state: 'retired', changedBy: 'loopwright', because: 'it does harm' };
  expect(await store.lessonStates.find('triage', 1)).toMatchObject(retired);
  expect(await store.lessonStates.find('triage', 2)).toMatchObject({ state: 'active', harmful: 0 });
  await store.lessonStates.change([change(1, 'active')]);
  await governLessons(deps, 'triage');
  expect(await store.lessonStates.find('triage', 1)).toMatchObject({ state: 'active' });
});
