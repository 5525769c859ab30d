import type { Letter } from '../../contract/notify.ts';
import { columns } from '../columns.ts';
import { moment } from '../figures.ts';
import { plainLine } from '../plain-text.ts';

/** A letter as `notify list --json` prints it: times in ISO 8601. */
export type ListedLetter = Readonly<Record<string, string | number>>;

const TIMES: readonly string[] = ['dueAt', 'plannedAt', 'nextAt', 'begunAt', 'settledAt'];

/** A letter as programs read it. */
export function listedLetter(letter: Letter): ListedLetter {
  return Object.fromEntries(
    Object.entries(letter).map(([name, value]) => [
      name,
      TIMES.includes(name) ? new Date(Number(value)).toISOString() : value,
    ]),
  );
}

const HEADER = ['DUE', 'CHANNEL', 'EVENT', 'ABOUT', 'STATE', 'TRIES', 'WHEN', 'WHY'];

/** Longest reason that is shown, in characters. */
const WHY = 160;

/** Letters as a table for people: WHEN is when it was sent or given up, or is tried next. */
export function letterTable(letters: readonly Letter[]): string {
  return columns([HEADER, ...letters.map(cellsOf)]);
}

function cellsOf({ dueAt, channel, event, subject, state, attempts, settledAt, nextAt, problem }: Letter): string[] {
  const when = state === 'waiting' ? nextAt : settledAt;
  return [
    moment(dueAt),
    channel,
    event,
    plainLine(shortened(subject), 60),
    state,
    String(attempts),
    when === undefined ? '–' : moment(when),
    plainLine(problem ?? '', WHY),
  ];
}

/** Of an approval as much of its digest as people type; of an alert its key. */
function shortened(subject: string): string {
  const [, digest] = /^approval:(?:sha256:)?(.+)@\d+$/.exec(subject) ?? [];
  return digest === undefined ? subject.replace(/^alert:|@\d+$/g, '') : `approval ${digest.slice(0, 12)}`;
}
