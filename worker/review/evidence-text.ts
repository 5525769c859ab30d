import { styleText } from 'node:util';
import type { LoopEvidence, Severity, Shown } from '../../contract/loop-evidence.ts';
import { plainLine } from '../../core/plain-text.ts';
import { hung } from './hung.ts';

const COLOURS: Readonly<Record<Severity, 'red' | 'yellow' | 'cyan'>> = {
  critical: 'red',
  warning: 'yellow',
  note: 'cyan',
};

/** Runs that are named behind a finding; `--json` has more. */
const RUNS_NAMED = 3;

/** What runs show, for people: what was found, what cannot be said yet, and how much the loop may do by itself. */
export function evidenceText({ loop, runs, shown, audited, autonomy }: LoopEvidence, colours: boolean): string {
  const paint: Paint = colours
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text;
  const found = shown.filter((one) => one.state === 'found');
  const clear = shown.filter((one) => one.state === 'clear');
  const asked = shown.filter((one) => one.state === 'asked');
  const tooFew = shown.filter((one) => one.state === 'tooFew');
  const decided = `people accepted ${audited.accepted} of ${audited.decided} audited outputs`;
  const level =
    autonomy === undefined
      ? `not governed (the harness has no \`autonomy\`); ${decided}`
      : `${autonomy.level} since ${new Date(autonomy.at).toISOString().slice(0, 10)}: ${autonomy.because}`;
  return [
    paint('bold', `${loop}: what ${runs} run${runs === 1 ? '' : 's'} show`),
    ...found.map((one) => findingLines(one, paint)),
    ...asked.map(({ name, because, nextAction }) =>
      hung(`  asked ${name}: `, `${because}. ${nextAction}`, 4).replace('asked', paint('yellow', 'asked')),
    ),
    ...(clear.length === 0 ? [] : [hung('  nothing wrong in ', clear.map(({ name }) => name).join(', '), 4)]),
    ...(tooFew.length === 0 ? [] : [hung('  not enough yet: ', tooFew.map(tooFewWords).join('; '), 4)]),
    hung('  autonomy ', level, 4),
    '',
  ].join('\n');
}

type Paint = (style: 'bold' | 'red' | 'yellow' | 'cyan', text: string) => string;

function findingLines(
  { name, severity, because, nextAction, runs }: Extract<Shown, { state: 'found' }>,
  paint: Paint,
): string {
  const named = runs.slice(0, RUNS_NAMED).map(({ workflowId }) => plainLine(workflowId, 100));
  const more = runs.length > named.length ? `, … (${runs.length})` : '';
  const behind = named.length === 0 ? '' : ` Runs: ${named.join(', ')}${more}.`;
  const lines = hung(`  ${severity} ${name}: `, `${because}. ${nextAction}${behind}`, 4);
  return lines.replace(severity, paint(COLOURS[severity], severity));
}

function tooFewWords({ name, have, need, of }: Extract<Shown, { state: 'tooFew' }>): string {
  return `${name} (${have} of ${need} ${of})`;
}
