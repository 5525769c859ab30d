import { html } from 'hono/html';
import type { ApprovalState } from '../../../contract/approvals.ts';
import type { CandidateState } from '../../../contract/candidate.ts';
import type { Experiment, Standing } from '../../../contract/experiment.ts';
import { OUTCOME_MEANING, type Outcome } from '../../../contract/outcomes.ts';
import type { RunSummary } from '../../../contract/record.ts';
import type { Verdict } from '../../../contract/verdict.ts';
import type { Markup } from './markup.ts';

/** How something stands. Each has a shape of its own: nothing is said by colour only. */
export type Tone = 'good' | 'bad' | 'warn' | 'wait' | 'work' | 'quiet';

const SHAPES: Readonly<Record<Tone, string>> = {
  good: '✓',
  bad: '✕',
  warn: '!',
  wait: '◔',
  work: '▸',
  quiet: '–',
};

/** A word with the shape and the colour of how something stands. */
export function badge(tone: Tone, text: string, meaning?: string): Markup {
  const title = meaning === undefined ? '' : html` title="${meaning}"`;
  return html`<span class="badge ${tone}" ${title}
    ><span class="shape" aria-hidden="true">${SHAPES[tone]}</span>${text}</span
  >`;
}

/** Words for outcomes, as people say them. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, readonly [Tone, string]>> = {
  accepted: ['good', 'accepted'],
  noWork: ['quiet', 'no work'],
  rejected: ['bad', 'rejected'],
  expired: ['bad', 'expired'],
  exhausted: ['bad', 'exhausted'],
  stalled: ['bad', 'stalled'],
  overBudget: ['warn', 'over budget'],
  blocked: ['warn', 'blocked'],
  stopped: ['quiet', 'stopped'],
  dryRun: ['quiet', 'dry run'],
};

const STATE_WORDS: Readonly<Record<Exclude<RunSummary['state'], 'closed'>, readonly [Tone, string]>> = {
  running: ['work', 'at work'],
  awaitingDecision: ['wait', 'waits for a person'],
  awaitingBudget: ['wait', 'waits for money'],
};

/** Where a run stands, or how it ended. */
export function runBadge({ state, outcome }: Pick<RunSummary, 'state' | 'outcome'>): Markup {
  if (outcome !== undefined) return badge(...OUTCOME_WORDS[outcome], OUTCOME_MEANING[outcome]);
  return state === 'closed' ? badge('quiet', 'closed') : badge(...STATE_WORDS[state]);
}

const VERDICT_WORDS: Readonly<Record<Verdict['verdict'], readonly [Tone, string]>> = {
  pass: ['good', 'pass'],
  fail: ['bad', 'fail'],
  error: ['warn', 'broke'],
  inconclusive: ['warn', 'inconclusive'],
};

/** What a verifier found. */
export function verdictBadge(verdict: Verdict['verdict']): Markup {
  return badge(...VERDICT_WORDS[verdict]);
}

/** Tones and words of what became of an approval. */
export const APPROVAL_WORDS: Readonly<Record<ApprovalState, readonly [Tone, string]>> = {
  open: ['wait', 'open'],
  claimed: ['work', 'claimed'],
  approved: ['good', 'approved'],
  edited: ['good', 'edited'],
  rejected: ['bad', 'rejected'],
  answered: ['quiet', 'another attempt asked for'],
  expired: ['bad', 'expired'],
  cancelled: ['quiet', 'cancelled'],
  superseded: ['quiet', 'superseded'],
};

/** What became of an approval. */
export function approvalBadge(state: ApprovalState): Markup {
  return badge(...APPROVAL_WORDS[state]);
}

const CANDIDATE_WORDS: Readonly<Record<CandidateState, readonly [Tone, string]>> = {
  proposed: ['work', 'proposed'],
  trial: ['work', 'on trial'],
  proven: ['good', 'proven'],
  inconclusive: ['warn', 'inconclusive'],
  refuted: ['bad', 'refuted'],
  rejected: ['bad', 'rejected'],
  promoted: ['good', 'promoted'],
  rolledBack: ['bad', 'rolled back'],
};

/** What became of a change that was proposed. */
export function candidateBadge(state: CandidateState): Markup {
  return badge(...CANDIDATE_WORDS[state]);
}

const STANDING_WORDS: Readonly<Record<Standing, readonly [Tone, string]>> = {
  collecting: ['work', 'collecting'],
  proven: ['good', 'proven'],
  refuted: ['bad', 'refuted'],
  inconclusive: ['warn', 'inconclusive'],
};

/** The same, where its kind has words of its own: an eval asks how good a version is, a watch whether it does harm, an ablation what a lesson is worth. */
const WORDS_OF_KIND: Readonly<Partial<Record<Experiment['kind'], Partial<Record<Standing, readonly [Tone, string]>>>>> =
  {
    eval: { proven: ['good', 'pass'], refuted: ['bad', 'fail'] },
    watch: { proven: ['good', 'no harm'], refuted: ['bad', 'does harm'] },
    ablation: { proven: ['good', 'helps'], refuted: ['bad', 'does harm'], inconclusive: ['warn', 'nothing shown'] },
  };

/** How an experiment stands. */
export function experimentBadge({ kind, standing }: Pick<Experiment, 'kind' | 'standing'>): Markup {
  return badge(...(WORDS_OF_KIND[kind]?.[standing] ?? STANDING_WORDS[standing]));
}
