import { durationMs } from '../../contract/harness.ts';
import type { LoopFacts } from './facts.ts';
import type { Standing } from './result.ts';

/** Limits as high as these stop nothing: the first three are the most that a harness may say, the last is a week of work. */
const CEILINGS = { attempts: 20, usd: 1000, usdPerDay: 100_000, deadlineMs: 7 * 24 * 60 * 60 * 1000 } as const;

/** Whether what ends a run is said: when it is done, and after how much it gives up. Defaults count, and are named. */
export function limitsSet(facts: LoopFacts): Standing {
  const { definition, harness } = facts.files;
  const undecided = facts.stages.find(({ verifiers }) =>
    verifiers.every(({ opinion, power }) => opinion || power.kind === 'none'),
  );
  if (undecided !== undefined) {
    return {
      state: 'open',
      because: `nothing certain says when stage \`${undecided.name}\` is done: its verifiers are opinions or cannot say no`,
      seenIn: definition,
      nextAction: 'Add a check() or an eval that is certain, and so says what done means.',
    };
  }
  const high = ceilingsReached(facts);
  if (high.length > 0) {
    return {
      state: 'open',
      because: `${high.map((name) => `\`limits.${name}\``).join(', ')} as high as can be: nothing is stopped by it`,
      seenIn: harness,
      nextAction: 'Set each to what a run that goes well needs, and a little more.',
    };
  }
  const { attempts, usd, usdPerDay, deadline } = facts.harness.limits;
  const byDefault = (['attempts', 'usd', 'usdPerDay', 'deadline'] as const).filter(
    (name) => !facts.stated.has(`limits.${name}`),
  );
  const said = byDefault.length === 0 ? '' : `; by default: ${byDefault.join(', ')}`;
  return {
    state: 'done',
    because: `done is verified; else it ends after ${attempts} attempts, ${usd} USD (${usdPerDay} a day) or ${deadline} of work${said}`,
    seenIn: harness,
  };
}

/** Limits that stop nothing. */
export function ceilingsReached({ harness: { limits } }: LoopFacts): readonly string[] {
  return [
    ...(limits.attempts >= CEILINGS.attempts ? ['attempts'] : []),
    ...(limits.usd >= CEILINGS.usd ? ['usd'] : []),
    ...(limits.usdPerDay >= CEILINGS.usdPerDay ? ['usdPerDay'] : []),
    ...(durationMs(limits.deadline) > CEILINGS.deadlineMs ? ['deadline'] : []),
  ];
}
