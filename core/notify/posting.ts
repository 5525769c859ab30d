import type { Letter } from '../../contract/notify.ts';

/** How long after a first try that failed the next one comes, in milliseconds; each later one waits four times as long. */
const FIRST_MS = 5000;

/** Longest wait between two tries, in milliseconds. */
const LONGEST_MS = 3_600_000;

/** How long a letter is tried, in milliseconds. */
const GIVE_UP_MS = 24 * 3_600_000;

/** In what time a channel takes as many messages as it may, in milliseconds. */
export const MINUTE_MS = 60_000;

/** Letters that go as one message. */
export interface Wire<T> {
  readonly letters: readonly T[];
  /** Name of the message where it is of several letters; kept, so that after a kill it is the same message. */
  readonly together?: string;
}

/** How long to wait after so many tries, in milliseconds; longer where whoever refused says so, but never over an hour. */
export function backoffMs(attempts: number, retryAfterMs = 0): number {
  return Math.min(Math.max(FIRST_MS * 4 ** Math.min(attempts - 1, 10), retryAfterMs), LONGEST_MS);
}

/** Whether a letter has been tried for long enough. */
export function isGivenUp({ plannedAt, attempts }: Pick<Letter, 'plannedAt' | 'attempts'>, at: number): boolean {
  return attempts > 1 && at - plannedAt >= GIVE_UP_MS;
}

/**
 * How letters that are ready go out where a channel takes `room` more messages now: each as a message of its own, and what
 * does not fit all together in the last. Letters that were begun together stay together. Without room nothing goes: it waits.
 */
export function wiresOf<T extends Pick<Letter, 'id' | 'together'>>(
  ready: readonly T[],
  room: number,
): readonly Wire<T>[] {
  const begun = Map.groupBy(
    ready.filter(({ together }) => together !== undefined),
    ({ together }) => together ?? '',
  );
  const again = [...begun].map(([together, letters]) => ({ together, letters })).slice(0, Math.max(0, room));
  const left = room - again.length;
  const fresh = ready.filter(({ together }) => together === undefined);
  if (left <= 0) return again;
  if (fresh.length <= left) return [...again, ...fresh.map((letter) => ({ letters: [letter] }))];
  const alone = fresh.slice(0, left - 1);
  const rest = fresh.slice(left - 1);
  return [
    ...again,
    ...alone.map((letter) => ({ letters: [letter] })),
    { together: `together:${rest.length}:${rest[0]?.id ?? ''}`, letters: rest },
  ];
}
