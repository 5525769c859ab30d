import { styleText } from 'node:util';
import type { Finding } from './check.ts';
import type { Diagnosis } from './doctor.ts';
import type { Examined } from './examine.ts';

/** Colours of a terminal; the words stay the same without. */
const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red', skipped: 'gray' } as const;
const KIND_WIDTH = 'skipped'.length;

/** How lines are laid out. */
export interface Layout {
  /** Of the column of names. */
  readonly width: number;
  readonly colour: boolean;
}

/** A check as people read it: kind, name, what was seen; below it what `--fix` did, and the fix. */
export function linesOf({ name, finding, did }: Examined, { width, colour }: Layout): string[] {
  const indent = ' '.repeat(KIND_WIDTH + 2 + width + 2);
  const [first = '', ...more] = finding.saw.split('\n');
  const word = finding.kind.padEnd(KIND_WIDTH);
  const kind = colour ? styleText(COLOURS[finding.kind], word, { validateStream: false }) : word;
  const fix = 'fix' in finding ? finding.fix.split('\n') : [];
  return [
    `${kind}  ${name.padEnd(width)}  ${first}`,
    ...more.map((line) => indent + line),
    ...(did === undefined ? [] : [`${indent}--fix: ${did}`]),
    ...fix.map((line, index) => `${indent}${index === 0 ? 'fix: ' : '     '}${line}`),
  ];
}

/** The last line: how many of each, and the one command that helps most. `fixCommand` is absent where `--fix` was given. */
export function summaryOf({ checks }: Diagnosis, next: NextCommands): string {
  const count = (kind: Finding['kind']): number => checks.filter(({ finding }) => finding.kind === kind).length;
  const failures = count('fail');
  const warnings = count('warn');
  const parts = [
    `${count('ok')} ok`,
    warnings === 0 ? '' : `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    failures === 0 ? '' : `${failures} ${failures === 1 ? 'failure' : 'failures'}`,
    count('skipped') === 0 ? '' : `${count('skipped')} skipped`,
  ];
  return `${parts.filter((part) => part !== '').join(', ')}. Next: ${nextOf(checks, next)}`;
}

/** Commands that the summary may name. */
export interface NextCommands {
  /** `loopwright doctor --fix …`; absent where it was just given. */
  readonly fix?: string;
  /** Where everything is as it should be. */
  readonly ready: string;
}

/** Of the first failure, else of the first warning that has one: its command, or `--fix` where that mends it. */
export function nextOf(checks: readonly Examined[], { fix, ready }: NextCommands): string {
  const troubles = checks.flatMap(({ name, finding }) => ('fix' in finding ? [{ name, ...finding }] : []));
  const failed = troubles.find(({ kind }) => kind === 'fail');
  const commands = (failed === undefined ? troubles : [failed]).map(
    ({ command, mend }) => command ?? (mend === undefined ? undefined : fix),
  );
  const best = commands.find((command) => command !== undefined);
  return best ?? (failed === undefined ? ready : `mend ${failed.name}, whose fix is above; then run doctor again`);
}

/** A check for `--json`. */
export function jsonOf({ name, finding, did }: Examined): Readonly<Record<string, unknown>> {
  const { kind, saw } = finding;
  return {
    name,
    kind,
    saw,
    ...('fix' in finding ? { fix: finding.fix, fixable: finding.mend !== undefined } : {}),
    ...('command' in finding && finding.command !== undefined ? { command: finding.command } : {}),
    ...(did === undefined ? {} : { did }),
  };
}
