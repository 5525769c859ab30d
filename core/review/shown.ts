import type { Shown } from '../../contract/loop-evidence.ts';
import { capAlwaysHit, capNeverNear } from './shown/caps.ts';
import { contextUnused, sourceFails } from './shown/context.ts';
import { effectUncertain } from './shown/effects.ts';
import type { ShownFacts } from '../../contract/shown-facts.ts';
import { gateWavedThrough, nobodyAnswers } from './shown/gates.ts';
import { lessonsIdle } from './shown/learning.ts';
import { scheduleUnread } from './shown/readers.ts';
import { scheduleIdle } from './shown/schedules.ts';
import { judgeAdvisory, verifierNeverRefuses, verifierOverruled, wrongAlone } from './shown/verifiers.ts';

/** What is looked for, in the order of a loop's six parts. */
const LOOKS: readonly ((facts: ShownFacts) => Shown)[] = [
  scheduleIdle,
  scheduleUnread,
  sourceFails,
  contextUnused,
  verifierNeverRefuses,
  verifierOverruled,
  wrongAlone,
  judgeAdvisory,
  effectUncertain,
  capNeverNear,
  capAlwaysHit,
  gateWavedThrough,
  nobodyAnswers,
  lessonsIdle,
];

/** Holds what a loop's definition promises against what its runs show. */
export function shownBy(facts: ShownFacts): readonly Shown[] {
  return LOOKS.map((look) => look(facts));
}

/** Names of critical findings. */
export function criticalIn(shown: readonly Shown[]): readonly string[] {
  return shown.flatMap((one) => (one.state === 'found' && one.severity === 'critical' ? [one.name] : []));
}
