import { html } from 'hono/html';
import type { JudgeFigures, JudgeRecord, JudgeStanding } from '../../../contract/judges.ts';
import { badge, type Tone } from './badge.ts';
import type { Markup } from './markup.ts';
import { shownLine } from './shown.ts';
import { ago } from './time.ts';

const TONES: Readonly<Record<JudgeStanding, Tone>> = { gating: 'good', advisory: 'warn', uncalibrated: 'quiet' };

/** Judges of a loop that were shown to be good enough, or not to be, since when and why; nothing where none was. */
export function judgeCard(records: readonly JudgeRecord[], now: number): Markup | string {
  if (records.length === 0) return '';
  return html`<section class="card" aria-labelledby="judges">
    <h2 id="judges">What its judges' words count for</h2>
    <div class="scroll" role="region" aria-label="Judges" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Judge</th>
            <th scope="col">Counts as</th>
            <th scope="col" class="right">Let the good through (TPR)</th>
            <th scope="col" class="right">Held the bad (TNR)</th>
            <th scope="col" class="right">κ</th>
            <th scope="col" class="right">Held what was swapped</th>
            <th scope="col">Why, at that time</th>
          </tr>
        </thead>
        <tbody>
          ${records.map(
            ({ stage, judge, standing, because, figures, at }) =>
              html`<tr>
                <th scope="row">${shownLine(`${stage}/${judge}`, 80)}</th>
                <td>${badge(TONES[standing], standing)} <span class="muted">${ago(at, now)}</span></td>
                <td class="right">${rate(figures.passes)}</td>
                <td class="right">${rate(figures.fails)}</td>
                <td class="right">${figures.kappa === undefined ? 'none' : figures.kappa.toFixed(2)}</td>
                <td class="right">
                  ${figures.swapped === undefined ? 'not asked' : `${figures.swapped.held} of ${figures.swapped.of}`}
                </td>
                <td>${shownLine(because, 400)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function rate({ right, of, low }: JudgeFigures['passes']): string {
  return of === 0 ? 'no labels' : `${right} of ${of}, at least ${Math.round(low * 100)} %`;
}
