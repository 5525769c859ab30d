import { records } from './proxies.ts';
import { planOf, type RunState } from './state.ts';

/** Puts a decision on record in a step of its own, where another step than an effect or the close comes next. */
export async function recordDecided(state: RunState): Promise<void> {
  const { decided } = state;
  if (decided === undefined) return;
  state.decided = undefined;
  const summary = `${decided.gate} ${decided.decision.decision}`;
  await records.recordDecision.executeWithOptions({ summary }, [{ run: planOf(state).run.runKey, ...decided }]);
}
