import { expect, inject, test } from 'vitest';
import { hooks } from '../../bench/hooks/hooks.ts';

test('a burst of webhooks while Temporal is away, and kill -9 in the middle of it and of starting their runs: each starts one', async () => {
  const result = await hooks({ cliPath: inject('temporalCli'), webhooks: 60, awayMs: 1000, report: () => {} });
  expect(result).toMatchObject({ webhooks: 60, runs: 60, twice: 0, lost: 0, effects: 60 });
  expect(result.accepted).toBeGreaterThanOrEqual(120);
}, 120_000);
