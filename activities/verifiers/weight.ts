import type { JudgesInRun } from '../../contract/run.ts';
import type { Verifier } from '../../loops/define/verifiers.ts';

/** A verifier as it weighs in a run. */
export type Weighed = Verifier<unknown, unknown> & {
  /** Why its no is an opinion although its loop says otherwise; its evidence begins with it. */
  readonly because?: 'advisory' | 'audited';
};

/** The verifiers of a stage as they weigh in a run: the no of a judge that was found wanting asks a person, and so does every judge's where people look at the run anyway. */
export function weighedIn(
  { judges }: { readonly judges?: JudgesInRun },
  stage: string,
  verifiers: readonly Verifier<unknown, unknown>[],
): readonly Weighed[] {
  if (judges === undefined) return verifiers;
  return verifiers.map((verifier) => {
    if (verifier.opinion || verifier.kind === 'check' || verifier.kind === 'human') return verifier;
    if (judges.advisory.includes(`${stage}/${verifier.name}`))
      return { ...verifier, opinion: true, because: 'advisory' };
    return judges.audited === true ? { ...verifier, opinion: true, because: 'audited' } : verifier;
  });
}
