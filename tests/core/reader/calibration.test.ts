import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calibration, logit, type CalibrationOptions } from '../../../core/reader/calibration.ts';

const options: CalibrationOptions = { prior: [-0.7, 1], spread: [1, 0.5], forgetting: 0.995, caution: 1 };
const past = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { maxLength: 60 });

function calibrated(
  answers: readonly (readonly [number, boolean])[],
  changed: Partial<CalibrationOptions> = {},
): Calibration {
  const calibration = new Calibration({ ...options, ...changed });
  for (const [confidence, right] of answers) calibration.learn([1, logit(confidence)], right);
  return calibration;
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

describe('calibration', () => {
  test('stays above 0 and below 1 and is finite, whatever the past', () => {
    fc.assert(
      fc.property(
        past,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (answers, confidence, caution) => {
          const p = calibrated(answers, { caution }).probability([1, logit(confidence)], answers.length);
          expect(p).toBeGreaterThan(0);
          expect(p).toBeLessThan(1);
        },
      ),
    );
  });

  test('without caution, more confidence never means a smaller P(right)', () => {
    fc.assert(
      fc.property(past, (answers) => {
        const calibration = calibrated(answers, { caution: 0 });
        const curve = [0.02, 0.2, 0.5, 0.8, 0.98].map((p) => calibration.probability([1, logit(p)], answers.length));
        expect(curve).toEqual(curve.toSorted((a, b) => a - b));
      }),
    );
  });

  test('caution only ever lowers P(right)', () => {
    fc.assert(
      fc.property(past, fc.double({ min: 0, max: 1, noNaN: true }), (answers, confidence) => {
        const [bold, careful] = [0, 1.5].map((caution) =>
          calibrated(answers, { caution }).probability([1, logit(confidence)], 99),
        );
        expect(careful).toBeLessThanOrEqual(bold as number);
      }),
    );
  });

  test('believes nobody at the start', () => {
    expect(calibrated([]).probability([1, logit(0.9)], 0)).toBeLessThan(0.8);
  });

  test('learns that a reader is better or worse than it says', () => {
    const shy = calibrated(times(200, [0.6, true] as const));
    const boastful = calibrated(Array.from({ length: 200 }, (_, at) => [0.9, at % 2 === 0] as const));
    expect(shy.probability([1, logit(0.6)], 200)).toBeGreaterThan(0.95);
    expect(boastful.probability([1, logit(0.9)], 200)).toBeCloseTo(0.45, 1);
  });

  test('forgets: what is recent counts more', () => {
    const answers = [...times(300, [0.8, false] as const), ...times(300, [0.8, true] as const)];
    const better = calibrated(answers).probability([1, logit(0.8)], 600);
    const worse = calibrated(answers.toReversed()).probability([1, logit(0.8)], 600);
    expect(better).toBeGreaterThan(0.7);
    expect(worse).toBeLessThan(0.3);
  });

  test('an earlier moment is answered as then, in whatever order the questions come', () => {
    fc.assert(
      fc.property(past, fc.array(fc.nat({ max: 60 }), { maxLength: 20 }), (answers, moments) => {
        const whole = calibrated(answers);
        for (const moment of moments) {
          const known = answers.slice(0, moment);
          expect(whole.probability([1, 0.5], moment)).toBe(calibrated(known).probability([1, 0.5], known.length));
        }
      }),
    );
  });

  test('ends at the best curve also where a whole Newton step would jump over it', () => {
    // Long runs of confident right answers and rare shy wrong ones once made the steps oscillate and the curve turn upside down.
    const answers = Array.from({ length: 600 }, (_, at) =>
      at % 40 === 0 ? ([0.03, false] as const) : ([0.99, true] as const),
    );
    const calibration = calibrated(answers, { spread: [5, 5], caution: 0 });
    expect(calibration.probability([1, logit(0.99)], 600)).toBeGreaterThan(0.99);
    expect(calibration.probability([1, logit(0.03)], 600)).toBeLessThan(0.05);
  });
});
