import type { Digest } from '../contract/names.ts';
import type { Criterion, NotAsked, Verdict } from '../contract/verdict.ts';
import { isCertainFail } from './verifying.ts';

/** What a stage has been through. Lives in the workflow and travels through continue-as-new: a crash resets nothing. */
export interface StageProgress {
  /** Attempts made, those a human asked for included. */
  readonly attempts: number;
  /** Attempts that count against the limit. */
  readonly counted: number;
  /** Digests of what was generated, oldest first. */
  readonly seen: readonly Digest[];
  /** The artefact with the fewest failed criteria so far; ties go to the earlier one. */
  readonly best?: { readonly artefact: Digest; readonly failed: number };
}

/** A stage before its first attempt. */
export const freshStage: StageProgress = { attempts: 0, counted: 0, seen: [] };

/** What to do after an attempt. */
export type StageStep =
  | { readonly kind: 'accept' }
  /** A human must look: only opinions are against it, or nothing could be proven. */
  | { readonly kind: 'ask'; readonly because: string }
  | { readonly kind: 'retry' }
  | { readonly kind: 'stop'; readonly outcome: 'exhausted' | 'stalled' | 'blocked'; readonly reason: string };

/** The progress after one more attempt; `counts` is false for one that a human asked for. */
export function advance(progress: StageProgress, artefact: Digest, verdict: Verdict, counts: boolean): StageProgress {
  const failed = unprovenIn(verdict);
  const better = verdict.verdict !== 'error' && (progress.best === undefined || failed < progress.best.failed);
  return {
    attempts: progress.attempts + 1,
    counted: progress.counted + (counts ? 1 : 0),
    seen: [...progress.seen, artefact],
    ...(better ? { best: { artefact, failed } } : progress.best === undefined ? {} : { best: progress.best }),
  };
}

/** How much of a verdict is not a pass. Whoever was not asked, because something failed before, has not passed it either. */
export function unprovenIn({ criteria, notAsked = [] }: Verdict): number {
  return criteria.filter((criterion) => criterion.verdict !== 'pass').length + notAsked.length;
}

/**
 * Decides after an attempt, given the progress that includes it. Absence of evidence is never a pass: without
 * criteria, or with an inconclusive one, a human is asked. An `error` that outlived its retries blocks the run.
 */
export function decideStage(progress: StageProgress, verdict: Verdict, limit: number): StageStep {
  const against = verdict.criteria.filter((criterion) => criterion.verdict !== 'pass');
  if (verdict.verdict === 'error') {
    return { kind: 'stop', outcome: 'blocked', reason: `A verifier broke: ${describe(against)}` };
  }
  if (verdict.verdict === 'pass' && against.length === 0 && verdict.criteria.length > 0) return { kind: 'accept' };
  const certain = against.filter(isCertainFail);
  if (certain.length === 0) {
    return { kind: 'ask', because: against.length === 0 ? 'no verifier said anything' : describe(against) };
  }
  const artefact = progress.seen.at(-1);
  if (progress.seen.slice(0, -1).includes(artefact ?? '')) {
    return {
      kind: 'stop',
      outcome: 'stalled',
      reason: `The same artefact came again after feedback: ${describe(certain)}`,
    };
  }
  if (progress.counted >= limit) {
    return {
      kind: 'stop',
      outcome: 'exhausted',
      reason: `${progress.counted} of ${limit} attempts used, the last failed: ${describe(certain)}`,
    };
  }
  return { kind: 'retry' };
}

/** The worst of the criteria: error, then fail, then inconclusive, then pass. No criteria are inconclusive. */
export function overall(criteria: readonly Criterion[], notAsked: readonly NotAsked[] = []): Verdict {
  const order = ['error', 'fail', 'inconclusive'] as const;
  const worst = order.find((verdict) => criteria.some((criterion) => criterion.verdict === verdict));
  const verdict = worst ?? (criteria.length === 0 ? 'inconclusive' : 'pass');
  return { verdict, criteria, ...(notAsked.length === 0 ? {} : { notAsked }) };
}

function describe(criteria: readonly Criterion[]): string {
  return criteria.map((criterion) => `${criterion.name}: ${criterion.evidence}`).join('; ');
}
