import { describe, expect, test } from 'vitest';
import { FAILURES } from '../../contract/failures.ts';
import { OUTCOMES } from '../../contract/outcomes.ts';
import { endingOf } from '../../core/endings.ts';

describe('a failure of a step', () => {
  test('about money ends the run over budget, in words that need no prefix', () => {
    expect(endingOf('BudgetExceeded', 'no money left')).toEqual({
      outcome: 'overBudget',
      reason: 'no money left',
      fails: false,
    });
  });

  test.each([
    'ModelError.Unavailable',
    'ModelError.RateLimit',
    'ModelError.Auth',
    'ModelError.Refused',
    'SourceFailed',
    'VerifierError',
    'EffectFailed',
    'EffectUncertain',
    'StoreUnavailable',
    'ToolDenied',
    'Timeout',
  ])('%s of a dependency blocks the run, which completes and says so', (type) => {
    expect(endingOf(type, 'why')).toEqual({ outcome: 'blocked', reason: `${type}: why`, fails: false });
  });

  test.each([
    'UnknownPrice',
    'InvalidHarness',
    'SelfVerification',
    'EffectRefused',
    'ArtefactMissing',
    'Unexpected',
    'Nonsense',
  ])('%s is for somebody to mend, so the workflow fails too', (type) => {
    expect(endingOf(type, 'why')).toMatchObject({ outcome: 'blocked', fails: true });
  });

  test('is never an ending that claims success', () => {
    for (const type of Object.keys(FAILURES)) {
      const { outcome } = endingOf(type, 'why');
      expect(OUTCOMES).toContain(outcome);
      expect(['accepted', 'dryRun', 'noWork']).not.toContain(outcome);
    }
  });
});
