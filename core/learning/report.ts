import { SLICES } from '../../contract/case.ts';
import type { ArmReport, ExperimentReport } from '../../contract/experiment-report.ts';
import { ARMS, type Arm, type Experiment, type Grade } from '../../contract/experiment.ts';
import { shareInterval } from '../interval.ts';
import { passes } from './eval-verdict.ts';
import { leftOut } from './ablation.ts';
import { eValue } from './evidence.ts';
import { pairsOf } from './pairs.ts';
import { flipOf } from './tally.ts';

/** Cases that did not pass and are shown, beside all breaks. */
const MOST_SHOWN = 200;

/** An earlier eval, where one is held against it. */
export interface Earlier {
  readonly experiment: Experiment;
  readonly grades: readonly Grade[];
}

/** What is known of an experiment, worked out from its grades. An earlier one takes the place of its baseline. */
export function reportOf(own: Experiment, ownGrades: readonly Grade[], earlier?: Earlier): ExperimentReport {
  const experiment = earlier === undefined ? own : { ...own, baseline: `${earlier.experiment.candidate} then` };
  const before = (earlier?.grades ?? []).filter(({ arm }) => arm === 'candidate');
  const grades = [...ownGrades, ...before.map((grade): Grade => ({ ...grade, arm: 'baseline' }))];
  const arms = ARMS.filter((arm) => arm === 'candidate' || experiment.baseline !== undefined);
  const of = (arm: Arm): readonly Grade[] => grades.filter((grade) => grade.arm === arm);
  const flips = new Map(pairsOf(grades, experiment.change).map((pair) => [pair.caseId, flipOf(pair)]));
  const count = (flip: 'fix' | 'break'): number => [...flips.values()].filter((one) => one === flip).length;
  const [fixes, breaks] = [count('fix'), count('break')];
  const lines = linesOf(grades, flips);
  return {
    experiment,
    arms: arms.map((arm) => armOf(arm, versionOf(experiment, arm), of(arm))),
    slices: SLICES.flatMap((slice) =>
      arms.flatMap((arm) => {
        const own = of(arm).filter((grade) => grade.slice === slice);
        return own.length === 0 ? [] : [{ slice, arm, passed: shareOf(own.filter(isKnown), passes) }];
      }),
    ),
    criteria: arms.flatMap((arm) => criteriaOf(arm, of(arm))),
    ...(arms.length < 2
      ? {}
      : { against: { fixes, breaks, better: eValue(fixes, breaks), worse: eValue(breaks, fixes) } }),
    shown: lines.slice(0, MOST_SHOWN + breaks),
    more: Math.max(0, lines.length - MOST_SHOWN - breaks),
  };
}

function versionOf(experiment: Experiment, arm: Arm): string {
  const { baseline, candidate } = experiment;
  const lesson = leftOut(experiment);
  if (arm === 'baseline') return baseline ?? candidate;
  return lesson === undefined ? candidate : `${candidate} without #${lesson}`;
}

function armOf(arm: Arm, harness: string, grades: readonly Grade[]): ArmReport {
  const known = grades.filter(isKnown);
  const costs = ascending(grades.map(({ costMicroUsd }) => costMicroUsd));
  const times = ascending(grades.map(({ tookMs }) => tookMs));
  const attempts = grades.reduce((sum, grade) => sum + grade.attempts, 0);
  return {
    arm,
    harness,
    graded: grades.length,
    missing: grades.length - known.length,
    passed: shareOf(known, passes),
    asked: shareOf(known, ({ asked }) => asked),
    costMicroUsd: costs.reduce((sum, cost) => sum + cost, 0),
    medianCostMicroUsd: at(costs, 0.5),
    p50Ms: at(times, 0.5),
    p95Ms: at(times, 0.95),
    attempts: grades.length === 0 ? 0 : attempts / grades.length,
  };
}

function criteriaOf(arm: Arm, grades: readonly Grade[]): ExperimentReport['criteria'] {
  const found = grades.flatMap(({ criteria }) => criteria);
  return [...Map.groupBy(found, ({ name }) => name)].map(([name, all]) => {
    const known = all.filter(isKnown);
    return { name, arm, met: shareOf(known, ({ verdict }) => verdict === 'pass'), other: all.length - known.length };
  });
}

/** One line a case: breaks first, then fixes, then what did not pass. */
function linesOf(
  grades: readonly Grade[],
  flips: ReadonlyMap<string, 'fix' | 'break' | undefined>,
): ExperimentReport['shown'] {
  const order = { break: 0, fix: 1, none: 2 };
  return [...Map.groupBy(grades, ({ caseId }) => caseId).values()]
    .flatMap((both): ExperimentReport['shown'] => {
      const [baseline, candidate] = ARMS.map((arm) => both.find((grade) => grade.arm === arm));
      const grade = candidate ?? baseline;
      if (grade === undefined) return [];
      const change = flips.get(grade.caseId);
      if (change === undefined && both.every(passes)) return [];
      const { caseId, slice, because, runKey } = grade;
      return [
        {
          caseId,
          slice,
          ...(baseline === undefined ? {} : { baseline: baseline.verdict }),
          ...(candidate === undefined ? {} : { candidate: candidate.verdict }),
          ...(change === undefined ? {} : { change }),
          because,
          ...(runKey === undefined ? {} : { runKey }),
        },
      ];
    })
    .toSorted((a, b) => order[a.change ?? 'none'] - order[b.change ?? 'none']);
}

function isKnown({ verdict }: Pick<Grade, 'verdict'>): boolean {
  return verdict === 'pass' || verdict === 'fail';
}

function shareOf<T>(all: readonly T[], is: (one: T) => boolean): ArmReport['passed'] {
  const hits = all.filter(is).length;
  return { hits, of: all.length, ...shareInterval(hits, all.length) };
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
