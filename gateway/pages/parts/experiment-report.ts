import { html } from 'hono/html';
import type { ExperimentReport } from '../../../contract/experiment-report.ts';
import { dollars, span } from '../../../core/figures.ts';
import { figure, nameOf, verdictOf } from '../../../core/learning/eval-table.ts';
import { badge, verdictBadge } from './badge.ts';
import { interval } from './interval.ts';
import type { Markup } from './markup.ts';
import { shownLine } from './shown.ts';

/** What is known of an experiment: its arms, slices, criteria and cases, each as a table. `pathOf`: address of a run, where there are pages of runs. */
export function experimentReport(report: ExperimentReport, pathOf?: (runKey: string) => string): Markup {
  const { arms } = report;
  return html`${armTable(report)}
  ${table(
    'Slices',
    ['Slice', 'Version', 'Pass, and where that lies (95 %)'],
    report.slices.map(({ slice, arm, passed }) => [slice, nameOf(report, arm), interval(passed)]),
  )}
  ${table(
    'Criteria',
    ['Criterion', 'Version', 'Met, and where that lies (95 %)', 'No verdict'],
    report.criteria.map(({ name, arm, met, other }) => [
      shownLine(name, 80),
      nameOf(report, arm),
      interval(met),
      String(other),
    ]),
  )}
  ${table(
    'Cases that changed or did not pass',
    ['Case', 'Slice', ...arms.map(({ harness }) => harness), 'Change', 'Why'],
    report.shown.map((line) => [
      caseName(line, pathOf),
      line.slice,
      ...arms.map(({ arm }) => grade(line[arm])),
      changeBadge(line.change),
      shownLine(line.because, 300),
    ]),
    report.more > 0 && html`<p>… and ${report.more} more.</p>`,
  )}`;
}

function armTable(report: ExperimentReport): Markup | string {
  const { experiment, arms, against } = report;
  const verdict =
    against !== undefined &&
    html`<p>
      ${nameOf(report, 'candidate')} fixes ${against.fixes} and breaks ${against.breaks} of what
      ${experiment.baseline ?? ''} does: E ${figure(against.better)} that it is better, ${figure(against.worse)} that it
      is worse.
    </p>`;
  return table(
    'Versions',
    [
      'Version',
      'Runs',
      'Pass, and where that lies (95 %)',
      'Asked',
      'No grade',
      'Cost',
      'A run',
      'p50',
      'p95',
      'Attempts',
    ],
    arms.map((arm) => [
      arm.harness,
      String(arm.graded),
      interval(arm.passed),
      interval(arm.asked),
      String(arm.missing),
      dollars(arm.costMicroUsd),
      dollars(arm.medianCostMicroUsd),
      span(arm.p50Ms),
      span(arm.p95Ms),
      arm.attempts.toFixed(1),
    ]),
    verdict,
  );
}

type Line = ExperimentReport['shown'][number];

/** A case leads to its run. */
function caseName({ caseId, runKey }: Line, pathOf: ((runKey: string) => string) | undefined): Markup {
  const name = shownLine(caseId, 80);
  return runKey === undefined || pathOf === undefined ? name : html`<a href="${pathOf(runKey)}">${name}</a>`;
}

function grade(verdict: Line['candidate']): Markup | string {
  return verdict === undefined ? '–' : verdictBadge(verdict);
}

function changeBadge(change: Line['change']): Markup | string {
  if (change === undefined) return '';
  return change === 'fix' ? badge('good', 'fix') : badge('bad', 'break');
}

/** The same as a page of its own, which loads nothing. */
export function experimentDocument(report: ExperimentReport): Markup {
  const { experiment } = report;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${experiment.id} · Loopwright</title>
        <style>
          body {
            font:
              1rem/1.5 system-ui,
              sans-serif;
            margin: 2rem auto;
            max-width: 72rem;
            padding: 0 1rem;
          }
          table {
            border-collapse: collapse;
            width: 100%;
          }
          th,
          td {
            border-bottom: 1px solid #8886;
            padding: 0.3rem 0.6rem;
            text-align: left;
            vertical-align: top;
          }
          .scroll {
            overflow-x: auto;
          }
        </style>
      </head>
      <body>
        <h1>${experiment.kind} of ${experiment.loop} ${experiment.candidate}</h1>
        <p>${experiment.id}, ${new Date(experiment.openedAt).toISOString()}</p>
        <p><strong>${verdictOf(report)}</strong>: ${shownLine(experiment.because, 1000)}</p>
        ${experimentReport(report)}
      </body>
    </html>`;
}

function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly (Markup | string)[])[],
  below: Markup | false = false,
): Markup | string {
  if (rows.length === 0) return '';
  return html`<section class="card">
    <h2>${title}</h2>
    <div class="scroll" role="region" aria-label="${title}" tabindex="0">
      <table>
        <thead>
          <tr>
            ${heads.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([first, ...cells]) =>
              html`<tr>
                <th scope="row">${first}</th>
                ${cells.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${below}
  </section>`;
}
