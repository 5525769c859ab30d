import type { Outcome } from '../contract/outcomes.ts';

/** How a run ends early: a named outcome and why. */
export interface Ending {
  readonly outcome: Outcome;
  readonly reason: string;
}

/**
 * What a failure of a step means for the run. `fails`: somebody has to mend configuration or code, so the workflow
 * itself is FAILED after the record is closed; otherwise it completes with the outcome.
 */
export function endingOf(type: string, message: string): Ending & { readonly fails: boolean } {
  if (type === 'BudgetExceeded') return { outcome: 'overBudget', reason: message, fails: false };
  if (type === 'Deadline') {
    return { outcome: 'exhausted', reason: `The deadline left no time to finish: ${message}.`, fails: false };
  }
  const blocked = [
    'ModelError.',
    'SourceFailed',
    'SourceRefused',
    'VerifierError',
    'EffectFailed',
    'EffectUncertain',
    'StartRefused',
    'ToolDenied',
    'StoreUnavailable',
    'LoopMissing',
    'Timeout',
  ];
  const dependency = blocked.some((prefix) => type.startsWith(prefix));
  return { outcome: 'blocked', reason: `${type}: ${message}`, fails: !dependency };
}
