import { expect, test } from 'vitest';
import { storyOf } from '../../../core/story/tell.ts';
import { toldStory } from '../../../core/story/told.ts';
import { correctedRecord, knownOf, recordOf } from './records.ts';

type Told = ReturnType<typeof toldStory>;

const told = (...planted: Parameters<typeof storyOf>): Told =>
  toldStory(storyOf(...planted) as NonNullable<ReturnType<typeof storyOf>>);

/** Every field below a value, by its name. */
function fields(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) => [[name, inside], ...fields(inside)]);
}

test('programs read times in ISO 8601 and money in USD, wherever they stand in a story', () => {
  const later = knownOf({ status: 'FAILED', failure: { type: 'InvalidInput', message: 'no' }, firstRunId: 'first-2' });
  const others = told(correctedRecord(), { ...later, startedAt: 9000, closedAt: 9100 } as typeof later);
  for (const story of [told(correctedRecord(), knownOf({ status: 'COMPLETED' })), others]) {
    const all = fields(story);
    expect(all.filter(([name]) => name.endsWith('MicroUsd') || name === 'microUsd')).toEqual([]);
    const times = all.filter(([name]) => ['at', 'doneAt', 'openedAt', 'closedAt', 'asOf'].includes(name));
    expect(times.length).toBeGreaterThan(2);
    for (const [name, time] of times) expect(time, name).toMatch(/^1970-01-01T00:00:0\d\.\d{3}Z$/);
  }
});

test('costs and budgets keep every micro-USD', () => {
  expect(told(correctedRecord(), { kind: 'unknown' })).toMatchObject({
    began: { budgetUsd: 0.05 },
    cost: { costUsd: 0.00104, budgetUsd: 0.05, calls: [{ bookedUsd: 0.0009 }, { bookedUsd: 0.00014 }] },
  });
});

test('what a person wrote stays as it is, whatever its fields are called', () => {
  const decision = { gate: 'main#1', digest: 'sha256:g', decision: 'revise', output: { at: 5, microUsd: 7 }, at: 1100 };
  const record = recordOf({ decisions: [{ ...decision, decision: 'revise' }] });
  expect(told(record, knownOf()).events).toMatchObject([
    { at: '1970-01-01T00:00:01.100Z', output: { at: 5, microUsd: 7 } },
  ]);
});
