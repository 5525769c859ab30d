import type { LoopFacts, StageFacts, VerifierFacts } from './facts.ts';

/** Who verifies a stage, sorted by whether they may. */
export interface Sides {
  readonly stage: string;
  /** Somebody else than the generator. */
  readonly others: readonly VerifierFacts[];
  /** The generator, on every route or on some; and which of its identities that is. */
  readonly selves: readonly { readonly verifier: VerifierFacts; readonly always: boolean; readonly as: string }[];
}

/** Who verifies each stage of a loop. */
export function sidesOf(facts: LoopFacts): readonly Sides[] {
  return facts.stages.map(sidesOfStage);
}

function sidesOfStage({ name, generator, verifiers }: StageFacts): Sides {
  const isSelf = ({ identities }: VerifierFacts): boolean =>
    generator.identities.some((made) => identities.includes(made));
  return {
    stage: name,
    others: verifiers.filter((verifier) => !isSelf(verifier)),
    selves: verifiers.filter(isSelf).map((verifier) => ({
      verifier,
      always: generator.identities.every((made) => verifier.identities.includes(made)),
      as: generator.identities.filter((made) => verifier.identities.includes(made)).join(', '),
    })),
  };
}

/**
 * Verifiers of a stage that are not its generator and may say no. Of a check that is not known to be powerless a person
 * can tell; an eval is a rule that anybody can ask, so it counts where it said no to something.
 */
export function independent({ others }: Sides): readonly VerifierFacts[] {
  return others.filter(({ kind, power }) => power.kind === 'shown' || (power.kind === 'unknown' && kind !== 'eval'));
}

/** What is wrong with who verifies a stage: the loop may not start. */
export interface Dependence {
  readonly stage: string;
  /** The verifier that is the generator; absent where nothing in the stage can say no. */
  readonly verifier?: string;
  readonly because: string;
  readonly fix: string;
  /** The failure type of the refusal. */
  readonly type: 'SelfVerification' | 'InvalidHarness';
}

/**
 * Where a loop grades itself, or nobody in it can say no. A verifier that is the generator on any route that routing
 * reaches is refused, whoever stands beside it: the runs on that route would be.
 */
export function dependences(facts: LoopFacts): readonly Dependence[] {
  return sidesOf(facts).flatMap((sides): readonly Dependence[] => {
    if (sides.selves.length > 0) return sides.selves.map((self) => selfGraded(sides.stage, self));
    return independent(sides).length > 0 ? [] : [ungraded(sides)];
  });
}

function selfGraded(stage: string, { verifier, always, as }: Sides['selves'][number]): Dependence {
  const { name, kind, identities } = verifier;
  return {
    stage,
    verifier: name,
    because: `${kind} \`${name}\` of stage \`${stage}\` ${identities.length > 1 ? 'has' : 'is'} ${as}, which ${always ? 'makes' : 'may make'} the output`,
    fix:
      kind === 'judge' || kind === 'panel' || kind === 'pairwise'
        ? `Route the ${kind} to another model in loopwright.yaml, or write a check() in its place.`
        : 'Check with a function that did not make the output, under a name of its own.',
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
    type: 'InvalidHarness',
  };
}
