import type { Shown } from '../../../contract/loop-evidence.ts';
import { plainLine } from '../../plain-text.ts';
import type { ShownFacts } from '../../../contract/shown-facts.ts';
import { clear, found, tooFew } from './say.ts';

/** Runs of a schedule that are needed to say that nobody needs it. */
const RUNS = 10;

/** Schedules none of whose newest runs came to anything: who reads what is not there? */
export function scheduleIdle({ runs }: ShownFacts): Shown {
  const name = 'ScheduleIdle';
  const schedules = [
    ...Map.groupBy(
      runs.filter(({ trigger }) => trigger.kind === 'schedule'),
      ({ trigger }) => trigger.source ?? '',
    ),
  ];
  const enough = schedules.filter(([, its]) => its.length >= RUNS);
  if (enough.length === 0)
    return tooFew(name, Math.max(0, ...schedules.map(([, its]) => its.length)), RUNS, 'runs of a schedule');
  const idle = enough
    .map(([schedule, its]) => ({ schedule, newest: its.slice(0, RUNS) }))
    .filter(({ newest }) => newest.every(({ outcome }) => outcome !== 'accepted'));
  if (idle.length === 0) return clear(name, 'what is scheduled comes to something');
  return found(name, 'warning', {
    because: idle
      .map(({ schedule, newest }) => {
        const counts = [...Map.groupBy(newest, ({ outcome }) => outcome)].map(
          ([outcome, its]) => `${its.length} ${outcome}`,
        );
        return `the newest ${newest.length} runs of \`${plainLine(schedule, 80)}\` came to nothing: ${counts.join(', ')}`;
      })
      .join('; '),
    nextAction: 'Run it less often, mend what ends it, or remove the schedule (`loopwright schedule`).',
    runs: idle.flatMap(({ newest }) => newest),
  });
}
