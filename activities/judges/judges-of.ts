import { routesOf } from '../../loops/define/verifiers.ts';
import type { Loop, Verifier } from '../../loops/define/index.ts';

/** A judge, panel or comparison of a loop, and the stage that it is of. */
export interface StageJudge {
  readonly stage: string;
  readonly judge: Verifier<unknown, unknown>;
}

/** Whoever of a loop's verifiers asks models. */
export function judgesOf({ stages }: Loop): readonly StageJudge[] {
  return Object.entries(stages).flatMap(([stage, { verify }]) =>
    verify.filter((verifier) => routesOf(verifier).length > 0).map((judge) => ({ stage, judge })),
  );
}
