import { plainLine } from '../../core/plain-text.ts';
import type { Definition, Difference } from '../../core/schedules/definition.ts';
import type { Step } from './plan.ts';

/** Longest value that is shown, in characters. */
const VALUE = 120;

/** A step as `--json` prints it. */
export function listedStep(step: Step): Record<string, unknown> {
  if (step.kind !== 'change') return { ...step };
  const { seen: _seen, ...shown } = step;
  return { ...shown, drift: step.differences.some(({ drift }) => drift) };
}

/** What would become of each schedule, in lines: one a schedule, and one a field that differs. */
export function planText(steps: readonly Step[], prune: boolean): string {
  const lines = steps.flatMap((step) => linesOf(step, prune));
  const counts = (['create', 'change', 'remove', 'unchanged', 'foreign'] as const)
    .map((kind) => ({ kind, count: steps.filter((step) => step.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${COUNTED[kind]}`);
  return [...lines, counts.length === 0 ? 'No schedules.' : `${counts.join(', ')}.`].join('\n');
}

const COUNTED = {
  create: 'to create',
  change: 'to change',
  remove: 'no longer in the file',
  unchanged: 'unchanged',
  foreign: 'not ours',
} as const;

function linesOf(step: Step, prune: boolean): string[] {
  switch (step.kind) {
    case 'create':
      return [
        `+ ${step.id}: create`,
        ...Object.entries(step.wanted).map(([field, value]) => `    ${field}: ${shown(value)}`),
      ];
    case 'change':
      return [`~ ${step.id}: change`, ...step.differences.map(differenceLine)];
    case 'unchanged':
      return [
        `= ${step.id}: unchanged${step.paused === undefined ? '' : `, paused: ${plainLine(step.paused, VALUE)}`}`,
      ];
    case 'remove':
      return [`- ${step.id}: ${prune ? 'remove' : 'no longer in the file; --prune removes it'}`];
    case 'foreign': {
      const whose =
        step.project === undefined ? 'was not made by this file' : `is of project ${plainLine(step.project, 60)}`;
      return [
        `! ${step.id}: a schedule with this id is in Temporal and ${whose}; it is left alone. Name yours otherwise, or remove that one first`,
      ];
    }
  }
}

function differenceLine({ field, from, to, drift }: Difference): string {
  return `    ${field}: ${shown(from)} → ${shown(to)}${drift ? '  (drift: changed in Temporal since it was applied)' : ''}`;
}

function shown(value: Definition[keyof Definition]): string {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return plainLine(value.join(', '), VALUE);
  return plainLine(typeof value === 'string' ? value : JSON.stringify(value), VALUE);
}
