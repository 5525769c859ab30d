import { expect, test } from 'vitest';
import { sharesOf } from '../../bench/learning/shares.ts';

/** A run of message `n`, whose intent is `a`: what was acted on, and whether a person was asked. */
const run = (n: number, intent: string, decided: boolean, outcome = 'accepted') => ({
  workflowId: `supportTriage-${n}`,
  outcome,
  output: { intent, confidence: 0.9, reply: '' },
  decided,
  audit: false,
  predicted: intent,
  doubted: false,
  costMicroUsd: 0,
});

test('what was acted on alone is counted by thousands of the stream; a short rest makes none of its own', () => {
  const messages = Array.from({ length: 2100 }, (_, n) => ({ id: String(n), text: '', intent: 'a' }));
  const runs = messages.map((_, n) => {
    if (n < 1000) return run(n, 'a', n % 2 === 0);
    if (n < 2000) return run(n, n < 1010 ? 'b' : 'a', n >= 1100);
    return run(n, 'b', false, n === 2099 ? 'blocked' : 'accepted');
  });
  expect(sharesOf(messages, runs.slice(0, -1))).toEqual({
    asked: 0.6667,
    askedByThousand: [0.5, 0.9],
    rightAlone: 0.8441,
    worstThousand: 0.9,
    outcomes: { accepted: 2099, lost: 1 },
  });
});
