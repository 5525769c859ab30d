import type { Timestamp } from '../../contract/names.ts';
import { dollars } from '../figures.ts';

const DAY_MS = 86_400_000;

/** Begin of the UTC day that a time is in. */
export function dayStart(at: Timestamp): Timestamp {
  return at - (at % DAY_MS);
}

/** Why a schedule is paused whose day's money is spent: what was spent, the cap, and when it goes on. */
export function budgetNote(spent: number, cap: number, now: Timestamp): string {
  const [day, next] = [now, now + DAY_MS].map((at) => new Date(at).toISOString().slice(0, 10));
  return `Daily budget: its runs have booked ${dollars(spent)} of ${dollars(cap)} on ${day} (UTC). It goes on by itself on ${next}T00:00Z.`;
}

/** Whether a pause is by the daily budget, and nobody has said anything else since. */
export function isBudgetNote(note: string | undefined): boolean {
  return /^Daily budget: its runs have booked \S+ of \S+ on \S+ \(UTC\)\. It goes on by itself on \S+T00:00Z\.$/.test(
    note ?? '',
  );
}

/** What the daily budget does to a schedule: nothing, a pause, or the end of its own pause. */
export function budgetStep(
  {
    paused,
    note,
    cap,
  }: { readonly paused: boolean; readonly note?: string | undefined; readonly cap?: number | undefined },
  spent: number,
): 'nothing' | 'pause' | 'resume' {
  const over = cap !== undefined && spent >= cap;
  if (over) return paused ? 'nothing' : 'pause';
  return paused && isBudgetNote(note) ? 'resume' : 'nothing';
}
