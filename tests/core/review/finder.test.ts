import { expect, test } from 'vitest';
import { review } from '../../../core/review/review.ts';
import { factsOf, findings, NOW, stageOf, standing } from './planted-facts.ts';

const finder = { source: 'files(inbox/*.txt)', starts: 'triage', limit: 20 };

/** A finder as it is found: no input to name its work, no type for what it hands on, nobody asked. */
const found = (harness: object = {}) =>
  factsOf({
    harness,
    finder,
    dedupe: 'none',
    input: { record: false, structured: false, untyped: [''], unbounded: [] },
    effects: [{ name: 'start', repeatable: true }],
    stages: [
      stageOf({
        generator: { kind: 'function', identities: ['function:find'] },
        sources: [],
        output: { record: true, structured: true, untyped: ['items[].input'], unbounded: [] },
      }),
    ],
  });

test('what every finder does is no weakness of one', () => {
  const open = review(found(), [], NOW).checks.filter(({ state }) => state === 'open');
  expect(open.map(({ check }) => check)).toEqual(['learning.places']);
  expect(standing('trigger.deduplicated', found()).because).toBe(
    'an item of files(inbox/*.txt) is started once ever, by its key and version',
  );
  expect(findings(found())).toEqual(['NoOperations']);
});

test('a finder whose harness says when it asks has a place for what is learnt, and asks by it', () => {
  const asking = found({ approval: { when: 'size(output.items) > 10' } });
  expect(review(asking, [], NOW).checks.filter(({ state }) => state === 'open')).toEqual([]);
  expect(standing('stop.help', asking).because).toContain('size(output.items) > 10');
  expect(findings(asking)).toEqual([]);
});
