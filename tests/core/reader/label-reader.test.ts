import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LabelReader, MINILM_SETTINGS, NGRAM_SETTINGS } from '../../../core/reader/label-reader.ts';
import { labelWords } from '../../../core/reader/label-words.ts';
import { ngramVector } from '../../../core/reader/ngrams.ts';
import type { TextExample } from '../../../core/reader/second-reader.ts';
import type { SparseVector } from '../../../core/reader/vector.ts';
import { asked, examples, labels, text, written } from './examples.ts';

/** A reader over n-grams; how cautious it is in use is tuned (`NGRAM_SETTINGS`) and no matter here. */
function reading(known: readonly TextExample[], caution: number = NGRAM_SETTINGS.calibration.caution) {
  const names = labels.map((label) => ({ label, vector: ngramVector(labelWords(label)) }));
  const calibration = { ...NGRAM_SETTINGS.calibration, caution };
  const reader = new LabelReader<SparseVector>({ ...NGRAM_SETTINGS, calibration, names });
  for (const { id, text, label } of known) reader.learn({ id, vector: ngramVector(text), label });
  return reader;
}

/** A direction in three dimensions, at length 1. */
function direction(...numbers: number[]): Float32Array {
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (value) => value / length);
}

describe('the label reader', () => {
  test('reads by the label names before anything was learned', () => {
    expect(reading([]).answer(ngramVector('was there a fee for the cash withdrawal?'), 0)).toMatchObject({
      label: 'cash_withdrawal_fee',
      examples: 0,
    });
  });

  test('learns: right on all of a small written corpus where the names alone are not', () => {
    const taught = reading(written.map(([text, label], at) => ({ id: at + 1, text, label })));
    const right = (watermark: number): number =>
      asked.filter(([text, label]) => taught.answer(ngramVector(text), watermark).label === label).length;
    expect(right(0)).toBeLessThan(asked.length);
    expect(right(15)).toBe(asked.length);
  });

  test('grows sure only with evidence that it is right', () => {
    const rounds = Array.from({ length: 25 }, (_, round) =>
      written.map(([text, label], at) => ({ id: 15 * round + at + 1, text, label })),
    );
    const taught = reading(rounds.flat(), 1);
    const question = ngramVector('my new card has not come in the post');
    const confidence = [0, 15, 375].map((watermark) => taught.answer(question, watermark).confidence);
    expect(confidence).toEqual(confidence.toSorted((a, b) => a - b));
    expect(confidence[0]).toBeLessThan(0.6);
    expect(confidence[2]).toBeGreaterThan(0.75);
  });

  test('a text like nothing seen has hardly any mass behind it', () => {
    const taught = reading(written.map(([text, label], at) => ({ id: at + 1, text, label })));
    const [known, strange] = ['the atm took two euros', 'zzz qqq'].map((text) => taught.answer(ngramVector(text), 15));
    expect(known?.mass).toBeGreaterThan(20 * (strange?.mass ?? 1));
    expect(strange?.raw).toBeLessThan(0.9);
  });

  test('answers at an old watermark exactly as then, whatever was learned since', () => {
    fc.assert(
      fc.property(examples, text, fc.nat({ max: 80 }), (known, question, watermark) => {
        const then = reading(known.filter(({ id }) => id <= watermark)).answer(
          ngramVector(question),
          Number.MAX_SAFE_INTEGER,
        );
        expect(reading(known).answer(ngramVector(question), watermark)).toEqual(then);
      }),
    );
  });

  test('the order in which examples arrive, and arriving twice, changes nothing', () => {
    const shuffled = examples.chain((known) =>
      fc.record({ known: fc.constant(known), arriving: fc.shuffledSubarray(known, { minLength: known.length }) }),
    );
    fc.assert(
      fc.property(shuffled, text, ({ known, arriving }, question) => {
        const vector = ngramVector(question);
        expect(reading([...arriving, ...arriving]).answer(vector, 200)).toEqual(reading(known).answer(vector, 200));
      }),
    );
  });

  test('every figure is a probability, a share or a mass, and the runner-up is another label', () => {
    fc.assert(
      fc.property(examples, text, (known, question) => {
        const { label, runnerUp, confidence, raw, mass } = reading(known).answer(ngramVector(question), 200);
        expect(labels).toContain(label);
        expect(labels.filter((one) => one !== label)).toContain(runnerUp);
        expect(confidence > 0 && confidence < 1 && raw > 0 && raw <= 1 && mass >= 0).toBe(true);
      }),
    );
  });

  test('votes over dense vectors too', () => {
    const names = [
      { label: 'east', vector: direction(1, 0, 0) },
      { label: 'north', vector: direction(0, 1, 0) },
    ];
    const reader = new LabelReader({ ...MINILM_SETTINGS, names });
    const between = direction(1, 0.9, 0.2);
    expect(reader.answer(between, 0).label).toBe('east');
    reader.learn({ id: 1, vector: direction(1, 0.9, 0.3), label: 'north' });
    expect(reader.answer(between, 0).label).toBe('east');
    expect(reader.answer(between, 1)).toMatchObject({ label: 'north', runnerUp: 'east', examples: 1 });
  });

  test('a label outside the closed set keeps its place and never wins', () => {
    const reader = reading([{ id: 1, text: 'my card', label: 'retired_label' }]);
    expect(labels).toContain(reader.answer(ngramVector('my card'), 1).label);
  });
});
