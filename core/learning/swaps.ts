import { ngramVector } from '../reader/ngrams.ts';
import { sparseCosine, type SparseVector } from '../reader/vector.ts';
import { meets } from './expected.ts';
import { lot } from './lot.ts';

/** From this cosine of their n-grams on, two inputs may ask for the same, whatever was answered. */
const NEAR = 0.5;

/** An artefact that people accepted for an input. */
export interface AcceptedArtefact {
  readonly runKey: string;
  readonly artefact: string;
  readonly output: unknown;
  /** What of it has to be there again; undefined where nobody can say. */
  readonly part: unknown;
  /** What its input says. */
  readonly says: string;
}

/** An accepted artefact, and the input of other work for which it cannot be right. */
export interface Swap<T extends AcceptedArtefact = AcceptedArtefact> {
  readonly artefact: T;
  readonly input: T;
}

/**
 * Artefacts that are known to be bad by construction: each is one that people accepted, with an input for which they accepted
 * something that excludes it, and that is far from its own. At most one for each artefact; which one is drawn, and always the same.
 */
export function swapsOf<T extends AcceptedArtefact>(accepted: readonly T[]): readonly Swap<T>[] {
  const known = accepted
    .filter(({ part, says }) => part !== undefined && says.trim() !== '')
    .map((one) => ({ one, vector: ngramVector(one.says) }));
  return known.flatMap((from) => {
    const drawn = (to: (typeof known)[number]): number => lot(`${from.one.artefact}/${to.one.runKey}`);
    const other = known.toSorted((a, b) => drawn(a) - drawn(b)).find((to) => isWrongFor(from, to));
    return other === undefined ? [] : [{ artefact: from.one, input: other.one }];
  });
}

interface Known {
  readonly one: AcceptedArtefact;
  readonly vector: SparseVector;
}

/** Whether neither answer has what the other's input asks for. */
function isWrongFor(from: Known, to: Known): boolean {
  return (
    !meets(from.one.output, { expect: to.one.part as never }).meets &&
    !meets(to.one.output, { expect: from.one.part as never }).meets &&
    sparseCosine(from.vector, to.vector) < NEAR
  );
}
