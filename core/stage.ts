import type { Digest } from '../contract/names.ts';
import type { Criterion, NotAsked, Verdict } from '../contract/verdict.ts';
import { stopSign, triedOf, type StopSign, type Tried } from './stops.ts';
import { isCertainFail } from './verifying.ts';

/** What a stage has been through. Lives in the workflow and travels through continue-as-new: a crash resets nothing. */
export interface StageProgress {
  /** Attempts made, those a human asked for included. */
  readonly attempts: number;
  /** Attempts that count against the limit. */
  readonly counted: number;
  /** Digests of what was generated, oldest first. */
  readonly seen: readonly Digest[];
  /** What the attempts that count came to since the last change of strategy, oldest first. */
  readonly trail?: readonly Tried[];
  /** The one change of strategy of the stage, and why it was made. */
  readonly changed?: Change;
  /** The artefact with the fewest failed criteria so far; ties go to the earlier one. */
  readonly best?: { readonly artefact: Digest; readonly failed: number };
}

/** Another way to make an attempt: by another model, from nothing but the input and the findings, or with more variety. */
export type Strategy = 'route' | 'context' | 'temperature';

/** A change of strategy. */
export interface Change {
  readonly strategy: Strategy;
  /** The rule by which the stage got nowhere before it. */
  readonly because: string;
}

/** How a stage knows that it gets nowhere. Runs that were opened before it could know only by an artefact that comes again. */
export interface Senses {
  /** Ways that are left to it, best first. */
  readonly strategies: readonly Strategy[];
  /** Why the next attempt is not worth its price, where that is known. */
  readonly notWorthIt?: string | undefined;
}

/** A stage before its first attempt. */
export const freshStage: StageProgress = { attempts: 0, counted: 0, seen: [] };

/** What to do after an attempt. */
export type StageStep =
  | { readonly kind: 'accept' }
  /** A human must look: only opinions are against it, or nothing could be proven. */
  | { readonly kind: 'ask'; readonly because: string }
  | { readonly kind: 'retry' }
  /** Another attempt, made in another way. */
  | ({ readonly kind: 'change' } & Change)
  | { readonly kind: 'stop'; readonly outcome: 'exhausted' | 'stalled' | 'blocked'; readonly reason: string };

/** The progress after one more attempt; `counts` is false for one that a human asked for, which no rule judges. */
export function advance(
  progress: StageProgress,
  artefact: Digest,
  verdict: Verdict,
  counts: boolean,
  characters?: number,
): StageProgress {
  const failed = unprovenIn(verdict);
  const better = verdict.verdict !== 'error' && (progress.best === undefined || failed < progress.best.failed);
  return {
    attempts: progress.attempts + 1,
    counted: progress.counted + (counts ? 1 : 0),
    seen: [...progress.seen, artefact],
    ...(progress.changed === undefined ? {} : { changed: progress.changed }),
    trail: counts ? [...(progress.trail ?? []), triedOf(artefact, characters, verdict)] : (progress.trail ?? []),
    ...(better ? { best: { artefact, failed } } : progress.best === undefined ? {} : { best: progress.best }),
  };
}

/** How much of a verdict is not a pass. Whoever was not asked, because something failed before, has not passed it either. */
export function unprovenIn({ criteria, notAsked = [] }: Verdict): number {
  return criteria.filter((criterion) => criterion.verdict !== 'pass').length + notAsked.length;
}

/** The progress after a change of strategy: what came before it, but for the last attempt, is not held against what comes after. */
export function change(progress: StageProgress, { strategy, because }: Change): StageProgress {
  // The last one stays: the same answer by another way is the same answer again.
  return { ...progress, trail: (progress.trail ?? []).slice(-1), changed: { strategy, because } };
}

/**
 * Decides after an attempt, given the progress that includes it. Absence of evidence is never a pass: without
 * criteria, or with an inconclusive one, a human is asked. An `error` that outlived its retries blocks the run.
 */
export function decideStage(progress: StageProgress, verdict: Verdict, limit: number, senses?: Senses): StageStep {
  const against = verdict.criteria.filter((criterion) => criterion.verdict !== 'pass');
  if (verdict.verdict === 'error') {
    return { kind: 'stop', outcome: 'blocked', reason: `A verifier broke: ${describe(against)}` };
  }
  if (verdict.verdict === 'pass' && against.length === 0 && verdict.criteria.length > 0) return { kind: 'accept' };
  const certain = against.filter(isCertainFail);
  if (certain.length === 0) {
    return { kind: 'ask', because: against.length === 0 ? 'no verifier said anything' : describe(against) };
  }
  const same = sameAgain(progress);
  const stuck = senses === undefined ? same : stopSign(progress.trail ?? []);
  const spent = progress.counted >= limit;
  // Where all attempts are used up that is said, unless it is plain that no more of them would have helped.
  const plain = same !== undefined || progress.changed !== undefined;
  if (stuck !== undefined && (!spent || plain)) {
    const [strategy] = progress.changed === undefined && !spent ? (senses?.strategies ?? []) : [];
    if (strategy !== undefined) return { kind: 'change', strategy, because: `${stuck.rule}: ${stuck.because}` };
    return { kind: 'stop', outcome: 'stalled', reason: `${stalled(stuck, progress.changed)}: ${describe(certain)}` };
  }
  if (spent) {
    return {
      kind: 'stop',
      outcome: 'exhausted',
      reason: `${progress.counted} of ${limit} attempts used, the last failed: ${describe(certain)}`,
    };
  }
  if (senses?.notWorthIt !== undefined)
    return {
      kind: 'stop',
      outcome: 'stalled',
      reason: `Not worth another attempt: ${senses.notWorthIt}. The last failed: ${describe(certain)}`,
    };
  return { kind: 'retry' };
}

/** The one rule of runs that were opened before there were others. */
function sameAgain({ seen }: StageProgress): StopSign | undefined {
  return seen.slice(0, -1).includes(seen.at(-1) ?? '')
    ? { rule: 'repeat', because: 'the same answer came again after feedback' }
    : undefined;
}

function stalled({ rule, because }: StopSign, changed: Change | undefined): string {
  const tried =
    changed === undefined ? '' : `, also after ${CHANGES[changed.strategy]} (tried because of ${changed.because})`;
  return `No progress by the rule \`${rule}\`, ${because}${tried}`;
}

/** What a change of strategy is called. */
export const CHANGES: Readonly<Record<Strategy, string>> = {
  route: 'another model was asked',
  context: 'everything but the input and the findings was left out',
  temperature: 'it was asked for more variety',
};

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
