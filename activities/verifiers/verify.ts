import { failure } from '../../contract/failures.ts';
import type { HarnessEval } from '../../contract/harness.ts';
import type { Criterion, NotAsked } from '../../contract/verdict.ts';
import { assertNever } from '../../core/assert-never.ts';
import { inTurn, isCertainFail, isFree } from '../../core/verifying.ts';
import type { Check, Verifier } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { selfVerification, type Asking } from './asking.ts';
import { runCheck } from './check.ts';
import { runEvals } from './evals.ts';
import { runJudge } from './judge.ts';
import { runPairwise } from './pairwise.ts';
import { runPanel } from './panel.ts';
import type { Weighed } from './weight.ts';

/** First detail of the failure of a check that throws. */
export interface BrokenCheck {
  readonly check: string;
}

/** Whether a verifier broke that is code: a mistake in it mends nothing by waiting, so it is not waited for as a model is. */
export function isBrokenCheck(error: Error): boolean {
  const [detail] = ((error as { details?: unknown[] }).details ?? []) as [Partial<BrokenCheck>?];
  return detail?.check !== undefined;
}

/** What the verifiers of a stage found. */
export interface Verified {
  readonly criteria: readonly Criterion[];
  readonly notAsked: readonly NotAsked[];
}

/**
 * Asks the evals of the harness, then the verifiers, each in its turn. The first certain fail ends it: nobody is asked who
 * is dearer, which the verdict says; checks are as cheap as evals, and what all of them find can be mended at once. Where one breaks, what the others found is kept for the next try.
 * @throws `VerifierError`, `SelfVerification`, and what a model's call raises.
 */
export async function verify(
  deps: Dependencies,
  asking: Asking,
  evals: readonly HarnessEval[],
  verifiers: readonly Weighed[],
): Promise<Verified> {
  const criteria = runEvals(evals, asking.input, asking.output);
  const notAsked: NotAsked[] = [];
  try {
    for (const verifier of inTurn(verifiers)) {
      const against = criteria.find(isCertainFail);
      if (against !== undefined && !isFree(verifier)) {
        notAsked.push({ name: verifier.name, because: `${against.name} had failed` });
        continue;
      }
      const found = await ask(deps, asking, verifier);
      if ('because' in found) notAsked.push(found);
      else criteria.push(...found.map((criterion) => withReason(criterion, verifier)));
    }
  } catch (error) {
    await asking.kept.keepNoted();
    throw error;
  }
  return { criteria, notAsked };
}

/** What was found, with why it is an opinion where that is not the loop's own word. */
function withReason(criterion: Criterion, { because }: Weighed): Criterion {
  return because === undefined ? criterion : { ...criterion, evidence: `${because}: ${criterion.evidence}` };
}

async function ask(
  deps: Dependencies,
  asking: Asking,
  verifier: Verifier<unknown, unknown>,
): Promise<readonly Criterion[] | NotAsked> {
  switch (verifier.kind) {
    case 'check':
      return [await askCheck(asking, verifier)];
    case 'judge':
      return await runJudge(deps, asking, verifier);
    case 'panel':
      return await runPanel(deps, asking, verifier);
    case 'pairwise':
      return await runPairwise(deps, asking, verifier);
    case 'human': {
      const { name, question } = verifier;
      return [{ name, verdict: 'inconclusive', evidence: `a person has to say: ${question}`, question }];
    }
    default:
      return assertNever(verifier);
  }
}

async function askCheck(
  { run, author, output, input, evidence, kept }: Asking,
  check: Check<unknown, unknown>,
): Promise<Criterion> {
  if (author === `function:${check.name}`) throw selfVerification(run, check.name, author);
  const asked = `check:${check.name}`;
  const known = kept.find(asked);
  if (known !== undefined) return JSON.parse(known) as Criterion;
  const found = await runCheck(check, output, input, evidence);
  if (found.verdict === 'error') {
    const details = [{ check: check.name } satisfies BrokenCheck];
    throw failure('VerifierError', `${check.name} broke: ${found.evidence}`, { details });
  }
  kept.note(asked, JSON.stringify(found));
  return found;
}
