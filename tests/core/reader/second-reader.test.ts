import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelWords } from '../../../core/reader/label-words.ts';
import { SecondReader, type TextExample } from '../../../core/reader/second-reader.ts';
import { asked, examples, labels, text, written } from './examples.ts';

function reading(known: readonly TextExample[]): SecondReader {
  const reader = new SecondReader(labels.map((label) => ({ label, text: labelWords(label) })));
  for (const example of known) reader.learn(example);
  return reader;
}

const taught = reading(written.map(([text, label], at) => ({ id: at + 1, text, label })));

describe('the second reader', () => {
  test('agrees with what is right and not with what is wrong, on a small written corpus', () => {
    for (const [text, label] of asked) {
      for (const proposed of labels) {
        expect(taught.secondOpinion(text, proposed, 15)).toMatchObject({ agrees: proposed === label, label });
      }
    }
  });

  test('says why, in figures', () => {
    expect(taught.secondOpinion('the atm took two euros extra', 'card_arrival', 15).because).toMatch(
      /^by its words the text reads as cash_withdrawal_fee \(\d+ %\), as card_arrival \(\d+ %\); such proposals are right \d+ % of the time, \d+ % is needed$/,
    );
  });

  test('never agrees with a label outside the closed set, and says so', () => {
    const opinion = taught.secondOpinion('my card', 'mark_verified', 15);
    expect(opinion.agrees).toBe(false);
    expect(opinion.because).toMatch(/^mark_verified is no label of this loop/);
  });

  test('learns how far to trust proposals: the same evidence is a no once such proposals turned out wrong', () => {
    const rows = (predictedRight: boolean): TextExample[] =>
      Array.from({ length: 90 }, (_, at) => {
        const [text, label] = written[at % 15] as readonly [string, string];
        const other = labels[(labels.indexOf(label) + 1) % 3] as string;
        return { id: at + 1, text: `${text} ${at}`, label, predicted: predictedRight ? label : other };
      });
    const ask = (reader: SecondReader): number => reader.secondOpinion('something else', 'card_arrival', 90).confidence;
    expect(ask(reading(rows(true)))).toBeGreaterThan(ask(reading([])));
    expect(ask(reading(rows(false)))).toBeLessThan(ask(reading([])));
  });

  test('answers at an old watermark exactly as then, in any order of arrival', () => {
    const shuffled = examples.chain((known) =>
      fc.record({ known: fc.constant(known), arriving: fc.shuffledSubarray(known, { minLength: known.length }) }),
    );
    fc.assert(
      fc.property(
        shuffled,
        text,
        fc.constantFrom(...labels),
        fc.nat({ max: 80 }),
        ({ known, arriving }, question, proposed, watermark) => {
          const then = reading(known.filter(({ id }) => id <= watermark)).secondOpinion(question, proposed, 1000);
          expect(reading(arriving).secondOpinion(question, proposed, watermark)).toEqual(then);
        },
      ),
    );
  });

  test('its confidence is a probability', () => {
    fc.assert(
      fc.property(examples, text, fc.constantFrom(...labels), (known, question, proposed) => {
        const { confidence } = reading(known).secondOpinion(question, proposed, 1000);
        expect(confidence > 0 && confidence < 1).toBe(true);
      }),
    );
  });
});
