import { expect, test } from 'vitest';
import { listedLesson, lessonTable, lessonText } from '../../../core/lesson-table.ts';
import type { KeptLesson, LessonTried } from '../../../contract/kept-lesson.ts';

const tried: LessonTried = {
  experiment: 'ablation-triage-7-1',
  harness: 'v2',
  state: 'closed',
  standing: 'proven',
  because: 'it helps: without it 0 more of 6 cases pass, and 5 fewer',
  openedAt: Date.UTC(2026, 10, 27, 9),
};

const lesson = (change: Partial<KeptLesson>): KeptLesson => ({
  id: 7,
  loop: 'triage',
  kind: 'example',
  text: 'approved',
  input: {},
  source: 'approval',
  runKey: 'r1',
  createdAt: 0,
  state: 'active',
  reviewed: false,
  uses: 3,
  helpful: 5,
  harmful: 0,
  ...change,
});

test.each<[string, Partial<KeptLesson>, RegExp]>([
  ['was never tried', {}, /not tried/],
  ['helps', { tried }, /helps: 5 more pass +2026-11-27/],
  ['does harm', { tried: { ...tried, standing: 'refuted' }, harmful: 6 }, /harms: 6 fewer pass +2026-11-27/],
  ['showed nothing', { tried: { ...tried, standing: 'inconclusive' } }, /nothing shown +2026-11-27/],
  ['is at it', { tried: { ...tried, state: 'running', standing: 'collecting' } }, /being tried/],
])('the list of lessons says which one %s, and when it was tried', (_what, change, words) => {
  expect(lessonTable([lesson(change)])).toMatch(words);
});

test('all about a lesson has the way to the runs that say what it is worth', () => {
  const text = lessonText(lesson({ tried }));
  expect(text).toMatch(/worth +helps: 5 more pass \(helped 5, harmed 0/);
  expect(text).toMatch(/tried +2026-11-27.* on v2: it helps/);
  expect(text).toContain('loopwright eval triage --show ablation-triage-7-1');
  expect(listedLesson(lesson({ tried })).tried?.openedAt).toBe('2026-11-27T09:00:00.000Z');
});
