import type { Timestamp } from '../contract/names.ts';

/** The work clock of a run: it stops while the run is parked for people, so a deadline counts work only. */
export interface WorkClock {
  /** Milliseconds worked before `runningSince`. */
  readonly workedMs: number;
  /** Undefined while parked. */
  readonly runningSince: Timestamp | undefined;
}

/** A clock that starts now. */
export function startClock(now: Timestamp): WorkClock {
  return { workedMs: 0, runningSince: now };
}

/** Milliseconds worked until now. */
export function worked(clock: WorkClock, now: Timestamp): number {
  return clock.workedMs + (clock.runningSince === undefined ? 0 : Math.max(0, now - clock.runningSince));
}

/** The clock stopped; parking twice changes nothing. */
export function park(clock: WorkClock, now: Timestamp): WorkClock {
  return { workedMs: worked(clock, now), runningSince: undefined };
}

/** The clock going again; resuming a running clock changes nothing. */
export function resume(clock: WorkClock, now: Timestamp): WorkClock {
  return clock.runningSince === undefined ? { workedMs: clock.workedMs, runningSince: now } : clock;
}
