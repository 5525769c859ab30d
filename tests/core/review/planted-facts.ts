import { Harness } from '../../../contract/harness.ts';
import type { ReviewAnswer } from '../../../contract/review-answer.ts';
import type { LoopFacts, StageFacts, VerifierFacts } from '../../../core/review/facts.ts';
import { review } from '../../../core/review/review.ts';
import type { CheckId, CheckResult, FindingName } from '../../../core/review/result.ts';

/** When planted reviews take place. */
export const NOW = Date.UTC(2026, 10, 26);

const typed = { record: true, structured: true, untyped: [], unbounded: [] };

/** A verifier that was seen to say no. */
export function verifierOf(name: string, change: Partial<VerifierFacts> = {}): VerifierFacts {
  return {
    name,
    kind: 'check',
    opinion: false,
    identities: [`function:${name}`],
    power: { kind: 'shown', because: 'said no' },
    ...change,
  };
}

/** A judge on a model. */
export function judgeOn(model: string, change: Partial<VerifierFacts> = {}): VerifierFacts {
  return verifierOf('taste', { kind: 'judge', identities: [`model:${model}`], ...change });
}

/** A stage in which nothing is weak. */
export function stageOf(change: Partial<StageFacts> = {}): StageFacts {
  return {
    name: 'main',
    generator: { kind: 'model', identities: ['model:maker'] },
    sources: [{ name: 'desk', trust: 'untrusted', keep: 'run', why: 'what was asked' }],
    verifiers: [verifierOf('holds')],
    output: typed,
    ...change,
  };
}

/** A loop in which nothing measurable is weak; `harness` is what its file says, in full. */
export function factsOf({
  harness,
  ...change
}: Partial<Omit<LoopFacts, 'harness'>> & { harness?: object } = {}): LoopFacts {
  const said = harness ?? {
    instructions: 'Write.',
    evals: [{ id: 'short', kind: 'contains', text: '.' }],
    routing: [{ model: 'default' }],
    approval: { when: 'output.confidence < 0.8' },
    limits: { attempts: 3, usd: 0.1, usdPerDay: 1, deadline: '1 hour' },
  };
  return {
    name: 'planted',
    files: { definition: 'planted/loop.ts', harness: 'planted/harness.yaml', cases: 'planted/cases.jsonl' },
    dedupe: 'byInput',
    input: typed,
    stages: [stageOf()],
    effects: [{ name: 'publish', repeatable: true }],
    tools: [],
    harness: Harness.parse(said),
    stated: new Set(pathsIn(said)),
    hasCases: false,
    ...change,
  };
}

/** An answer of a person, so many days before {@link NOW}. */
export function answerOf(check: string, answer: string, daysAgo = 1): ReviewAnswer {
  return { loop: 'planted', check, answer, by: 'ada@example.com', at: NOW - daysAgo * 86_400_000 };
}

/** How one check of a planted loop stands. */
export function standing(check: CheckId, facts: LoopFacts, answers: readonly ReviewAnswer[] = []): CheckResult {
  const found = review(facts, answers, NOW).checks.find((one) => one.check === check);
  if (found === undefined) throw new Error(`There is no check ${check}.`);
  return found;
}

/** Names of the findings on a planted loop. */
export function findings(facts: LoopFacts, answers: readonly ReviewAnswer[] = []): readonly FindingName[] {
  return review(facts, answers, NOW).findings.map(({ name }) => name);
}

function pathsIn(value: object, before = ''): string[] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => [
    before + name,
    ...(typeof field === 'object' && field !== null && !Array.isArray(field)
      ? pathsIn(field, `${before}${name}.`)
      : []),
  ]);
}
