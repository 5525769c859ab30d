import type { Shown } from '../../../contract/loop-evidence.ts';
import type { ShownFacts } from '../../../contract/shown-facts.ts';
import { clear, found, share, tooFew } from './say.ts';
import { isDecided } from './verifiers.ts';

/** Decisions that are needed to say how people decide. */
const DECISIONS = 20;

/** Who answers within this many milliseconds has not read what was asked. */
export const HASTE_MS = 2000;

/** Shares of hasty approvals: from here on a gate decides little, and from here on nothing. */
const HASTY = 0.8;
const BLIND = 0.95;

/** Gates that have to be over, to say that nobody answers. */
const OVER = 10;

/** Share of gates that nobody answers, from which on people are not there. */
const UNANSWERED = 0.5;

/** A gate that is answered with yes before anybody can have read it: it holds nothing back, and its yes proves nothing. */
export function gateWavedThrough({ gates }: ShownFacts): Shown {
  const name = 'GateWavedThrough';
  const decided = gates.filter(({ state }) => isDecided(state));
  if (decided.length < DECISIONS) return tooFew(name, decided.length, DECISIONS, 'decisions');
  const hasty = decided.filter(({ state, waitedMs }) => state === 'approved' && waitedMs <= HASTE_MS);
  const part = hasty.length / decided.length;
  const said = `${share(hasty.length, decided.length)} of decisions approved within ${HASTE_MS / 1000} s`;
  if (part < HASTY) return clear(name, said);
  return found(name, part >= BLIND ? 'critical' : 'warning', {
    because: `${said}: nobody reads that fast, so the gate holds nothing back and its yes proves nothing`,
    nextAction:
      'Ask less often and about what is open (`approval.when`), show what has to be seen, or set `approval.minDelay` or a `quorum` of 2.',
    runs: hasty,
  });
}

/** Gates at which silence decides. */
export function nobodyAnswers({ gates }: ShownFacts): Shown {
  const name = 'NobodyAnswers';
  const over = gates.filter(({ state }) => isDecided(state) || state === 'expired');
  if (over.length < OVER) return tooFew(name, over.length, OVER, 'gates that are over');
  const expired = over.filter(({ state }) => state === 'expired');
  if (expired.length < UNANSWERED * over.length)
    return clear(name, `${share(expired.length, over.length)} of gates had no answer`);
  return found(name, 'warning', {
    because: `nobody answered ${share(expired.length, over.length)} of its gates: its work ends in silence`,
    nextAction: 'Name `approvers` who are there, `escalateTo` others, tell them (`notify.yaml`); or stop starting it.',
    runs: expired,
  });
}
