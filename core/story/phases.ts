import type { Timestamp } from '../../contract/names.ts';
import type { Story, StoryEvent } from './story.ts';

/** One row of a run's timeline: what happened, and the time that it took to come to it. */
export interface Phase {
  readonly event: StoryEvent;
  /** Since what came before, in milliseconds. */
  readonly tookMs: number;
  /** Whether that time was spent waiting for people, not working. */
  readonly waited: boolean;
  /** Money booked by the calls of an attempt, in micro-USD. */
  readonly costMicroUsd?: number;
}

/** A run's life in rows, and where its time went. */
export interface Phases {
  readonly rows: readonly Phase[];
  readonly workedMs: number;
  readonly waitedMs: number;
}

/** What a run's time went into, up to its end or to `now`. A gate waits from its opening to its decision; all else is work. */
export function phasesOf(story: Story, now: Timestamp): Phases {
  let before = story.began.at;
  const rows = story.events.map((event): Phase => {
    const at = Math.max(before, 'doneAt' in event ? (event.doneAt ?? event.at) : event.at);
    const row = { event, tookMs: at - before, waited: event.kind === 'decision' || event.kind === 'raise' };
    before = at;
    return event.kind === 'attempt' ? { ...row, costMicroUsd: costOf(story, event.stage, event.attempt) } : row;
  });
  const { ended } = story;
  const waits = ended.kind === 'waiting' || ended.kind === 'short';
  const end = 'at' in ended && ended.at !== undefined ? ended.at : now;
  const rest = Math.max(0, end - before);
  const sum = (waited: boolean): number =>
    rows.filter((row) => row.waited === waited).reduce((total, { tookMs }) => total + tookMs, 0);
  return { rows, workedMs: sum(false) + (waits ? 0 : rest), waitedMs: sum(true) + (waits ? rest : 0) };
}

function costOf({ cost }: Story, stage: string, attempt: number): number {
  return (cost?.calls ?? [])
    .filter((call) => call.stage === stage && call.attempt === attempt)
    .reduce((sum, call) => sum + (call.state === 'held' ? call.reservedMicroUsd : call.bookedMicroUsd), 0);
}
