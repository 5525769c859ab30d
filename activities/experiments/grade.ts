import type { KeptCase } from '../../contract/case.ts';
import type { Arm, Grade } from '../../contract/experiment.ts';
import type { Outcome } from '../../contract/outcomes.ts';
import { meets } from '../../core/learning/expected.ts';
import { accepted } from '../../core/learning/measure.ts';
import { jsonOrText } from '../../core/json-text.ts';
import type { Dependencies } from '../dependencies.ts';

/** A run of a case, as its experiment saw it end. */
export interface CaseRan {
  readonly caseId: string;
  readonly arm: Arm;
  readonly seq: number;
  readonly slice: Grade['slice'];
  readonly runKey: string;
  /** Absent where the run failed. */
  readonly outcome?: Outcome;
  readonly reason: string;
  /** Whether a person would have been asked. */
  readonly asked: boolean;
  readonly attempts: number;
  readonly costMicroUsd: number;
  readonly tookMs: number;
}

/** Outcomes that say nothing of the answer: something else than the loop kept it from one. */
const NO_ANSWER: readonly Outcome[] = ['blocked', 'overBudget', 'stopped', 'expired', 'rejected'];

/** What the run of a case is worth. Where nothing says what is right, and nothing broke, nobody knows. */
export async function gradeOf(deps: Dependencies, experiment: string, one: KeptCase, ran: CaseRan): Promise<Grade> {
  const { caseId, arm, seq, slice, runKey, outcome, asked, attempts, costMicroUsd, tookMs } = ran;
  const run = await deps.store.runs.find(runKey);
  const criteria = run?.artefact === undefined ? [] : await criteriaOf(deps, runKey, run.artefact);
  const base = { experiment, arm, caseId, seq, slice, related: one.related, asked, criteria, attempts };
  const known = { ...base, costMicroUsd, tookMs, runKey, at: deps.now() };
  if (outcome === undefined || NO_ANSWER.includes(outcome))
    return {
      ...known,
      held: true,
      ...(outcome === undefined ? {} : { outcome }),
      verdict: 'error',
      because: `the run ended ${outcome ?? 'failed'}: ${ran.reason}`.slice(0, 500),
    };
  const held = asked || !accepted({ outcome });
  const said = run?.artefact === undefined ? undefined : await deps.store.artefacts.get(run.artefact);
  return { ...known, held, outcome, ...verdictOn(one, outcome, said) };
}

function verdictOn(
  one: KeptCase,
  outcome: Outcome,
  said: string | undefined,
): { verdict: Grade['verdict']; because: string } {
  if (one.expect === undefined && one.never === undefined)
    return accepted({ outcome })
      ? { verdict: 'pass', because: 'the verifiers let it through, and the case asks for no more' }
      : { verdict: 'fail', because: `the verifiers let nothing through: ${outcome}` };
  if (said === undefined) return { verdict: 'fail', because: `there is no output: ${outcome}` };
  const { meets: right, because } = meets(jsonOrText(said), one);
  return { verdict: right ? 'pass' : 'fail', because };
}

/** What the verifiers found about an artefact, without their words. */
async function criteriaOf(deps: Dependencies, runKey: string, artefact: string): Promise<Grade['criteria']> {
  const found = await deps.store.attempts.judgementsOn(runKey, artefact);
  return found.flatMap(({ verdict }) => verdict.criteria).map(({ name, verdict }) => ({ name, verdict }));
}
