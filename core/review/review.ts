import type { Timestamp } from '../../contract/names.ts';
import type { ReviewAnswer } from '../../contract/review-answer.ts';
import { CHECKS } from './checks.ts';
import type { LoopFacts } from './facts.ts';
import { standingOfFinder } from './finder.ts';
import { findingsOn } from './findings.ts';
import { PARTS, type CheckId, type CheckResult, type Part, type Review } from './result.ts';

/** Reviews a loop: six parts, two checks each, and the article's five mistakes. `answers` may hold those of other loops. */
export function review(facts: LoopFacts, answers: readonly ReviewAnswer[], now: Timestamp): Review {
  const subject = { facts, answers: answers.filter(({ loop }) => loop === facts.name), now };
  const checks = Object.entries(CHECKS).map(([check, standing]): CheckResult => ({
    part: partOf(check as CheckId),
    check: check as CheckId,
    ...(standingOfFinder(check as CheckId, facts) ?? standing(subject)),
  }));
  return {
    loop: facts.name,
    done: checks.filter(({ state }) => state === 'done').length,
    total: checks.length,
    checks,
    findings: findingsOn(subject),
  };
}

function partOf(check: CheckId): Part {
  return PARTS.find((part) => check.startsWith(`${part}.`)) as Part;
}
