import { expect, test } from 'vitest';
import { rulesOf } from '../../core/learning/gate.ts';
import { gym } from '../../bench/gym/gym.ts';

test('the gate promotes what mends, refuses what does nothing or harm, and its watch finds a loss', () => {
  const result = gym({ worlds: 5, streams: 50, seed: 1 });
  expect(result.useless).toBeLessThanOrEqual(0.05);
  expect(result.harmful).toBeLessThanOrEqual(0.1);
  expect(result.oracleShare).toBeGreaterThan(0.8);
  expect(result.approvals).toBeGreaterThan(10);
  expect(result.evaluationsPerProposal).toBeLessThanOrEqual(400);
  expect(result.falsePromotionAA).toBeLessThanOrEqual(0.1);
  expect(result.casesToFind[40]).toBeLessThanOrEqual(30);
});

test('a gate that asks for no evidence promotes what is useless', () => {
  const rules = { ...rulesOf('instruction', false), threshold: 1, harm: Infinity, guardLoss: 1 };
  expect(gym({ worlds: 1, streams: 1, seed: 1, rules }).useless).toBeGreaterThan(0.2);
});
