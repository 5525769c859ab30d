import { canonicalJson } from '../canonical.ts';

/** What a schedule is made of, field by field, in words and numbers that can be compared. What is absent is not set. */
export interface Definition {
  readonly loop: string;
  readonly input: unknown;
  readonly options?: unknown;
  readonly cron?: readonly string[];
  readonly every?: string;
  readonly timezone?: string;
  readonly jitter?: string;
  readonly overlap: string;
  readonly catchup: string;
  readonly budgetUsdPerDay?: number;
  readonly alertAfter?: string;
  readonly paused?: boolean;
  readonly note?: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly taskTimeout?: string;
  /** What no file of ours can say: set by hand, it is taken back. */
  readonly other?: unknown;
}

/** Name of a field. */
export type DefinitionField = keyof Definition;

/** A field in which a schedule is not as it should be. */
export interface Difference {
  readonly field: string;
  readonly from?: unknown;
  readonly to?: unknown;
  /** It was changed in Temporal by somebody since it was applied. */
  readonly drift: boolean;
}

/** Says whether a field has the value that was applied last; undefined where nobody knows what was. */
export type AsApplied = (field: DefinitionField, value: unknown) => boolean | undefined;

/** What differs, field by field. What was applied is unknown where somebody replaced the action by hand: all of that is drift. */
export function differences(wanted: Definition, found: Definition, asApplied: AsApplied): Difference[] {
  const fields = [...new Set([...Object.keys(wanted), ...Object.keys(found)])] as DefinitionField[];
  return fields.flatMap((field) => {
    const [to, from] = [wanted[field], found[field]];
    if (canonicalJson(to) === canonicalJson(from)) return [];
    return [
      {
        field,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        drift: asApplied(field, from) !== true,
      },
    ];
  });
}

const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
  [1, 'millisecond'],
] as const;

/** A duration in the largest unit that has it whole: equal ones have equal texts. */
export function durationText(milliseconds: number): string {
  const [unit, name] = UNITS.find(([size]) => milliseconds >= size && milliseconds % size === 0) ?? [1, 'millisecond'];
  const count = milliseconds / unit;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
