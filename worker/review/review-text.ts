import { styleText } from 'node:util';
import { hung } from './hung.ts';
import { PARTS, type CheckResult, type Finding, type Review } from '../../core/review/result.ts';

/** As wide as the longest name of a check. */
const NAME_WIDTH = 'deduplicated'.length;

const MARKS = {
  done: { mark: '✓', colour: 'green' },
  open: { mark: '✗', colour: 'red' },
  asked: { mark: '?', colour: 'yellow' },
} as const;

/** A review for people: six parts with two checks each, the findings, and one next action for each check not done. */
export function reviewText({ loop, done, total, checks, findings }: Review, colours: boolean): string {
  const paint: Paint = colours
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text;
  const todo = checks.flatMap((check) => (check.state === 'done' ? [] : [check]));
  return [
    paint('bold', `${loop}: ${done} of ${total}`),
    ...PARTS.flatMap((part) => [
      `  ${part}`,
      ...checks.filter((check) => check.part === part).map((check) => checkLines(check, paint)),
    ]),
    ...(findings.length === 0 ? [] : ['', '  Findings', ...findings.map((found) => findingLines(found, paint))]),
    ...(todo.length === 0 ? [] : ['', '  Next']),
    ...todo.map(({ check, nextAction }) => hung(`    ${check}: `, nextAction, 6)),
    '',
  ].join('\n');
}

/** A part in one line: its two checks, and what is still to do. */
export function partLines({ checks }: Review): readonly string[] {
  return PARTS.map((part) => {
    const marks = checks
      .filter((check) => check.part === part)
      .map(({ check, state }) => `${MARKS[state].mark} ${nameOf(check).padEnd(NAME_WIDTH)}`);
    return `  ${part.padEnd(9)}${marks.join('   ')}`.trimEnd();
  });
}

type Paint = (style: 'bold' | 'green' | 'red' | 'yellow', text: string) => string;

function checkLines({ check, state, because, seenIn }: CheckResult, paint: Paint): string {
  const { mark, colour } = MARKS[state];
  const begin = `    ${mark} ${nameOf(check).padEnd(NAME_WIDTH)}  `;
  const seen = seenIn === 'answers' ? '' : ` (${seenIn})`;
  const lines = hung(begin, `${because}${seen}`, begin.length);
  return lines.replace(mark, paint(colour, mark));
}

function findingLines({ name, because, nextAction, refuses }: Finding, paint: Paint): string {
  const lines = hung(`    ${name}${refuses ? ' (refused to start)' : ''}: `, `${because}. ${nextAction}`, 6);
  return lines.replace(name, paint(refuses ? 'red' : 'yellow', name));
}

function nameOf(check: string): string {
  return check.slice(check.indexOf('.') + 1);
}
