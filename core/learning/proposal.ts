import type { Candidate } from '../../contract/candidate.ts';
import { SLICES, type KeptCase } from '../../contract/case.ts';
import type { Arm, Experiment, Grade } from '../../contract/experiment.ts';
import type { Harness } from '../../contract/harness.ts';
import type { Proposal } from '../../contract/proposal.ts';
import { diffOf } from './change.ts';
import { weigh } from './gate.ts';
import { markedDiff } from './marked-diff.ts';
import type { Pair, SliceTally } from './tally.ts';
import { pairsOf } from './pairs.ts';
import { countsOf, partsOf } from './slices.ts';
import { trialRules } from './standing.ts';

/** Fixes that are shown; breaks are shown all. */
const SHOWN_FIXES = 50;

/** Longest text of a case in a proposal, in characters. */
const TEXT = 300;

/** Everything that a proposal is made of, as it is on record. */
export interface Proven {
  readonly candidate: Candidate;
  readonly experiment: Experiment;
  readonly cases: readonly KeptCase[];
  readonly grades: readonly Grade[];
  readonly base: Harness;
  readonly changed: Harness;
}

/** What a person is shown of a candidate, folded anew from its grades. */
export function proposalOf({ candidate, experiment, cases, grades, base, changed }: Proven): Proposal {
  const pairs = pairsOf(grades, experiment.change);
  const parts = partsOf(experiment, cases);
  const weighed = weigh(pairs, trialRules(experiment, parts), countsOf(parts));
  const graded = new Map(grades.map((grade) => [`${grade.arm}/${grade.caseId}`, grade]));
  const shown = (caseId: string): Proposal['breaks'][number] => {
    const [before, after] = (['baseline', 'candidate'] as const).map((arm) => graded.get(`${arm}/${caseId}`));
    const input = cases.find(({ id }) => id === caseId)?.input;
    return {
      caseId,
      slice: after?.slice ?? 'guard',
      input: (JSON.stringify(input) ?? 'erased').slice(0, TEXT),
      before: wordsOf(before),
      after: wordsOf(after),
    };
  };
  return {
    loop: candidate.loop,
    kind: candidate.kind,
    base: candidate.base,
    version: candidate.version,
    widens: candidate.widens,
    ...(experiment.atLeast === undefined ? {} : { rightAlone: experiment.atLeast }),
    manifest: candidate.manifest,
    diff: diffText(base, changed),
    experiment: experiment.id,
    standing: weighed.standing,
    because: weighed.because,
    e: rounded(weighed.slices.target.most),
    slices: SLICES.map((slice) => sliceOf(slice, weighed.slices[slice])),
    fixes: weighed.fixes.slice(0, SHOWN_FIXES).map(shown),
    breaks: weighed.breaks.map(shown),
    before: effortOf(grades, 'baseline'),
    after: effortOf(grades, 'candidate'),
  };
}

function sliceOf(slice: Pair['slice'], { ran, missing, fixes, breaks }: SliceTally): Proposal['slices'][number] {
  return { slice, cases: ran, missing, fixes, breaks };
}

function wordsOf(grade: Grade | undefined): string {
  if (grade === undefined) return 'not run';
  const how = grade.asked ? ', a person would have been asked' : grade.held ? ', held back by the verifiers' : '';
  return `${grade.verdict}${how}: ${grade.because}`.slice(0, TEXT);
}

function diffText(base: Harness, changed: Harness): string {
  return diffOf(base, changed)
    .map(({ component, parts }) => `${component}:\n${markedDiff(parts)}`)
    .join('\n\n');
}

/** Medians, so that one slow run says nothing. */
function effortOf(grades: readonly Grade[], arm: Arm): Proposal['before'] {
  const own = grades.filter((grade) => grade.arm === arm);
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  return {
    costMicroUsd: median(own.map(({ costMicroUsd }) => costMicroUsd)),
    tookMs: median(own.map(({ tookMs }) => tookMs)),
    askedShare: own.length === 0 ? 0 : rounded(own.filter(({ asked }) => asked).length / own.length),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
