import type { LoopFacts, StageFacts, VerifierFacts } from './facts.ts';

/** Who verifies a stage, sorted by whether they may. */
export interface Sides {
  readonly stage: string;
  /** Somebody else than the generator. */
  readonly others: readonly VerifierFacts[];
  /** The generator, on every route or on some. */
  readonly selves: readonly { readonly verifier: VerifierFacts; readonly always: boolean }[];
}

/** Who verifies each stage of a loop. */
export function sidesOf(facts: LoopFacts): readonly Sides[] {
  return facts.stages.map(sidesOfStage);
}

function sidesOfStage({ name, generator, verifiers }: StageFacts): Sides {
  const isSelf = ({ identity }: VerifierFacts): boolean => generator.identities.includes(identity);
  return {
    stage: name,
    others: verifiers.filter((verifier) => !isSelf(verifier)),
    selves: verifiers
      .filter(isSelf)
      .map((verifier) => ({ verifier, always: generator.identities.every((made) => made === verifier.identity) })),
  };
}

/** Verifiers of a stage that are not its generator and were not shown to be unable to say no. */
export function independent({ others }: Sides): readonly VerifierFacts[] {
  return others.filter(({ power }) => power.kind !== 'none');
}

/** What is wrong with who verifies a stage. */
export interface Dependence {
  readonly stage: string;
  readonly because: string;
  readonly fix: string;
  /** Whether the loop may not start: no route of it can ever be verified by somebody else for certain. */
  readonly refuses: boolean;
  /** The failure type of the refusal. */
  readonly type: 'SelfVerification' | 'InvalidHarness';
}

/**
 * Where a loop grades itself. A judge that is the generator on some routes only, beside a certain verifier that is
 * somebody else, is a weakness; on every route, or with nobody certain beside it, it is a refusal. So is a stage
 * where nobody can say no.
 */
export function dependences(facts: LoopFacts): readonly Dependence[] {
  return sidesOf(facts).flatMap((sides): readonly Dependence[] => {
    if (sides.selves.length > 0) return [selfGraded(sides)];
    return independent(sides).length > 0 ? [] : [ungraded(sides)];
  });
}

function selfGraded(sides: Sides): Dependence {
  const { stage, selves } = sides;
  const certain = independent(sides).some(({ opinion }) => !opinion);
  return {
    stage,
    because: selves.map(({ verifier, always }) => sameWords(stage, verifier, always)).join('; '),
    fix: selves.every(({ verifier }) => verifier.kind === 'judge')
      ? 'Route the judge to another model in loopwright.yaml, or write a check().'
      : 'Check with a function that did not make the output, under a name of its own.',
    refuses: !certain || selves.some(({ always }) => always),
    type: 'SelfVerification',
  };
}

function ungraded({ stage, others }: Sides): Dependence {
  const words = others.map(({ name, power }) => `\`${name}\` ${power.because}`).join('; ');
  return {
    stage,
    because:
      others.length === 0 ? `stage \`${stage}\` has no verifier` : `nothing can say no in stage \`${stage}\`: ${words}`,
    fix: 'Add a check() that answers `fail` where the output is wrong, or a judge() on a declared route.',
    refuses: true,
    type: 'InvalidHarness',
  };
}

function sameWords(stage: string, { name, identity }: VerifierFacts, always: boolean): string {
  return `verifier \`${name}\` of stage \`${stage}\` is ${identity}, which ${always ? 'makes' : 'may make'} the output`;
}
