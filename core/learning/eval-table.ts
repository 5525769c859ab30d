import type { ArmReport, ExperimentReport } from '../../contract/experiment-report.ts';
import { columns } from '../columns.ts';
import { dollars, percent } from '../figures.ts';
import { plainLine } from '../plain-text.ts';

/** Cases that are listed in a terminal; all of them are on the dashboard and in the JSON. */
const LISTED = 20;

/** How an eval or a trial ended, in the words of its kind. */
export function verdictOf({ experiment: { kind, standing, state } }: Pick<ExperimentReport, 'experiment'>): string {
  if (kind !== 'eval') return standing;
  if (state !== 'closed') return 'running';
  return ({ proven: 'pass', refuted: 'fail', inconclusive: 'inconclusive', collecting: 'inconclusive' } as const)[
    standing
  ];
}

/** A report for a terminal. Nothing in it that came from outside is obeyed by it. */
export function reportText(report: ExperimentReport): string {
  const { experiment, arms, against, shown } = report;
  const lines = shown.slice(0, LISTED);
  const more = shown.length - lines.length + report.more;
  return [
    `${experiment.loop} ${experiment.candidate}${experiment.baseline === undefined ? '' : ` against ${experiment.baseline}`}: ${verdictOf(report).toUpperCase()}`,
    plainLine(experiment.because, 1000),
    '',
    columns([
      ['', 'CASES', 'PASS', '95 %', 'ASKED', 'NO GRADE', 'COST', 'A RUN', 'P50', 'P95', 'ATTEMPTS'],
      ...arms.map(armCells),
    ]),
    ...(report.slices.length === 0
      ? []
      : [
          '',
          columns([
            ['SLICE', 'VERSION', 'PASS', '95 %'],
            ...report.slices.map(({ slice, arm, passed }) => [slice, nameOf(report, arm), ...shareCells(passed)]),
          ]),
        ]),
    ...(report.criteria.length === 0
      ? []
      : [
          '',
          columns([
            ['CRITERION', 'VERSION', 'MET', '95 %', 'NO VERDICT'],
            ...report.criteria.map(({ name, arm, met, other }) => [
              plainLine(name, 60),
              nameOf(report, arm),
              ...shareCells(met),
              String(other),
            ]),
          ]),
        ]),
    ...(against === undefined
      ? []
      : [
          '',
          `${nameOf(report, 'candidate')} fixes ${against.fixes} and breaks ${against.breaks} of what ${experiment.baseline} does: E ${figure(against.better)} that it is better, ${figure(against.worse)} that it is worse (20 proves it).`,
        ]),
    ...(lines.length === 0
      ? []
      : [
          '',
          columns([
            ['CASE', 'SLICE', ...arms.map(({ harness }) => harness.toUpperCase()), '', 'WHY'],
            ...lines.map((line) => [
              plainLine(line.caseId, 60),
              line.slice,
              ...arms.map(({ arm }) => line[arm] ?? '–'),
              line.change ?? '',
              plainLine(line.because, 100),
            ]),
          ]),
        ]),
    ...(more > 0 ? [`… and ${more} more: --json and the dashboard have them.`] : []),
  ].join('\n');
}

/** An arm in a line. */
export function armCells(arm: ArmReport): string[] {
  const { passed, asked, missing } = arm;
  return [
    arm.harness,
    String(arm.graded),
    ...shareCells(passed),
    percent(asked.of === 0 ? 0 : asked.hits / asked.of, 1),
    String(missing),
    dollars(arm.costMicroUsd),
    dollars(arm.medianCostMicroUsd),
    `${Math.round(arm.p50Ms)} ms`,
    `${Math.round(arm.p95Ms)} ms`,
    arm.attempts.toFixed(1),
  ];
}

/** Version of an arm. */
export function nameOf({ arms }: ExperimentReport, arm: ArmReport['arm']): string {
  return arms.find((one) => one.arm === arm)?.harness ?? arm;
}

/** A share, and where it lies. */
export function shareCells({ hits, of, low, high }: ArmReport['passed']): [string, string] {
  if (of === 0) return ['–', '–'];
  return [`${hits} of ${of} (${percent(hits / of, 1)})`, `${percent(low, 1)} to ${percent(high, 1)}`];
}

/** An e-value, short. */
export function figure(e: number): string {
  return e >= 1000 ? e.toExponential(0) : String(Number(e.toPrecision(2)));
}
