import { parseRule } from '../../rule.ts';
import { holdsWherever } from '../../alternatives.ts';
import { rulesOf } from '../gate.ts';
import type { Harness } from '../../../contract/harness.ts';
import { bindingsOf, conditionsFor, gainOf, type Condition } from './conditions.ts';
import {
  caseIds,
  failuresOf,
  FEWEST_FAILURES,
  isPattern,
  manifestOf,
  nothing,
  rightOf,
  wouldProve,
} from './proposer.ts';
import type { Draft, Ground, PastAnswer, Proposer } from './proposer.ts';

const NAME = 'ask-more';

/** For one right answer that would be asked about too, so many wrong ones have to be. */
const WRONG_FOR_ONE_RIGHT = 2;

/** Most drafts that are worth a look: the next one is for when the first was refuted. */
const MOST_DRAFTS = 5;

/** A person is asked where a loop was wrong by itself: one condition more for its approval rule. */
export const askMore: Proposer = {
  name: NAME,
  change: 'approval',
  propose(ground) {
    const { approval } = ground.harness;
    const alone = (answers: readonly PastAnswer[]): readonly PastAnswer[] => answers.filter(notAsked(approval));
    const [failures, right] = [alone(failuresOf(ground)), alone(rightOf(ground))];
    if (failures.length < FEWEST_FAILURES)
      return nothing(
        `${failures.length} wrong answers were given without a person being asked, and fewer than ${FEWEST_FAILURES} are no pattern`,
      );
    const drafts = conditionsFor(failures, right, ['output', 'input'])
      .filter((condition) => isWorthIt(condition, failures.length) && mayBeProven(ground, condition))
      .slice(0, MOST_DRAFTS)
      .map((condition) => draftOf(ground, condition));
    return drafts.length === 0
      ? nothing('no condition on one field holds for as many wrong answers as it takes, and for few right ones')
      : { kind: 'drafts', drafts };
  },
};

/** Whether an approval rule lets an answer through. One that cannot be decided asks. */
export function notAsked({ when }: Harness['approval']): (answer: PastAnswer) => boolean {
  const rule = parseRule(when, ['input', 'output']);
  return (answer) => {
    const decided = rule(bindingsOf(answer));
    return !('error' in decided) && !decided.value;
  };
}

function isWorthIt({ failures, right }: Condition, all: number): boolean {
  return isPattern(failures.length, all) && failures.length >= right.length * WRONG_FOR_ONE_RIGHT;
}

/** What is meant for all work has to come up in a trial; a cluster's target cases are all about it. */
function mayBeProven(ground: Ground, { failures, right }: Condition): boolean {
  return ground.cluster !== undefined || wouldProve(ground, rulesOf('approval', false), failures.length, right.length);
}

function draftOf(ground: Ground, condition: Condition): Draft {
  const { harness } = ground;
  const { text, failures, right } = condition;
  const when = withCondition(harness.approval.when, text);
  const spoilt = right.length === 0 ? 'No right answer on record' : `${right.length} right answers on record`;
  return {
    change: 'approval',
    harness: { ...harness, approval: { ...harness.approval, when } },
    manifest: manifestOf(NAME, ground, {
      summary: `Ask a person where \`${text}\`: ${failures.length} answers there were wrong and nobody was asked.`,
      fixes: caseIds(failures),
      risks: [`${spoilt} would have waited for a person too; people are asked more often.`],
    }),
    gain: gainOf(condition),
  };
}

/** A rule that asks wherever it did, and where the condition holds. A threshold that moves takes the place of the old one. */
function withCondition(when: string, condition: string): string {
  if (when === 'false' || holdsWherever(condition, when)) return condition;
  return `(${when}) || (${condition})`;
}
