import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lesson } from '../../../contract/lesson.ts';
import { fingerprint, sameReason } from '../../../core/learning/fingerprint.ts';

const label = (output: unknown): string | undefined => (output as { intent?: string } | undefined)?.intent;

const of = (lesson: Partial<Lesson>, failing: readonly string[] = []) =>
  fingerprint({ kind: 'rejection', text: '', ...lesson }, { label, failing });

describe('what went wrong', () => {
  test.each<[string, Partial<Lesson>, string | undefined]>([
    ['another answer', { kind: 'example', output: { intent: 'a' }, predicted: { intent: 'b' } }, 'answer: expected a'],
    [
      'other fields',
      { kind: 'correction', output: { intent: 'a', x: { y: 1, z: 1 } }, predicted: { intent: 'a', x: { y: 2, z: 1 } } },
      'differs: x.y',
    ],
    ['nothing', { kind: 'example', output: { intent: 'a' }, predicted: { intent: 'a' } }, undefined],
    ['nothing that anybody saw', { kind: 'example', output: { intent: 'a' } }, undefined],
    ['another text', { kind: 'example', output: 'b', predicted: 'a' }, 'differs: output'],
    ['what was asked for', { kind: 'correction', text: 'Name the city.' }, 'said: city name'],
    ['an answer that was refused', { predicted: { intent: 'b' } }, 'answer: refused b'],
    ['nobody knows what', {}, 'refused without a reason'],
  ])('%s', (_what, lesson, cluster) => {
    expect(of(lesson)).toEqual(cluster === undefined ? undefined : { cluster, feedback: 'human' });
  });

  test('what verifiers say is kept apart from what people say', () => {
    const ended = of({ kind: 'exhausted', text: 'after 3 attempts' }, ['quotes', 'a-check', 'quotes']);
    expect(ended).toEqual({ cluster: 'exhausted: a-check, quotes', feedback: 'model' });
    expect(of({ kind: 'stalled' })).toEqual({ cluster: 'stalled: no verdict', feedback: 'model' });
  });
});

test.each([
  ['The refund of T-4711 is too high.', 'Refunds for T-99 are too high!'],
  ['promised a refund', 'It promises refunds'],
  ['Wrong tone for ada@example.com, https://example.com/a', 'the tone is wrong'],
])('the same reason told twice is one cluster: %s', (one, other) => {
  expect(of({ text: one })).toEqual(of({ text: other }));
});

test('a reason in other words joins the nearest that is known; what is no note stands for itself', () => {
  const known = ['said: refund', 'said: high refund', 'answer: expected refund', 'said: harsh tone'];
  expect(sameReason('said: high order refund', known)).toBe('said: high refund');
  expect(sameReason('said: city missing', known)).toBe('said: city missing');
  expect(sameReason('answer: expected fee', known)).toBe('answer: expected fee');
});

test('the order of words, numbers and empty words change nothing', () => {
  const words = fc.uniqueArray(fc.constantFrom('refund', 'tone', 'harsh', 'wrong', 'city', 'missing'), {
    minLength: 1,
  });
  const noise = fc.array(fc.constantFrom('the', 'is', '42', 'A-7', '', '…'));
  fc.assert(
    fc.property(words, noise, fc.boolean(), (said, between, reversed) => {
      const other = [...(reversed ? said.toReversed() : said), ...between, ...said];
      expect(of({ text: other.join(' ') })).toEqual(of({ text: said.join(' ') }));
    }),
  );
});
