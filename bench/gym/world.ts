import type { Slice } from '../../contract/case.ts';
import type { Pair } from '../../core/learning/tally.ts';
import type { Random } from '../random.ts';

/** How often each failure cluster of a loop comes up, as shares of 1. */
export type Weights = readonly number[];

/** How often each cluster is handled rightly, 0 to 1: all that there is to know about a version of a harness. */
export type Rates = readonly number[];

/** Kinds of failure that a loop has. */
const CLUSTERS = 24;

/** The best and the worst that a change makes of a cluster. */
const BEST = 0.97;
const WORST = 0.03;

/** Share of changes that mend their cluster, and of those that mend it and spoil others, so many. The rest do nothing. */
const MENDS = 0.35;
const SPOILS = 0.2;
const SPOILT = 4;

/** Share of cases in which two versions fall out independently of each other. */
const NOISE = 0.25;

/** A loop before anything was learnt: weights from a flat Dirichlet distribution, rates from .1 to .95. */
export function newWorld(random: Random): { readonly weights: Weights; readonly rates: Rates } {
  const shares = Array.from({ length: CLUSTERS }, () => -Math.log(1 - random.next()));
  const sum = shares.reduce((total, share) => total + share, 0);
  return { weights: shares.map((share) => share / sum), rates: shares.map(() => 0.1 + 0.85 * random.next()) };
}

/** Share of all work that is handled rightly. */
export function qualityOf(weights: Weights, rates: Rates): number {
  return weights.reduce((sum, weight, cluster) => sum + weight * (rates[cluster] as number), 0);
}

/** A change that somebody proposes: the cluster that it is meant to mend, and what it makes of every cluster. */
export interface Proposal {
  readonly cluster: number;
  readonly rates: Rates;
}

/**
 * A proposer who sees what fails most, and does not know what a change does. What mends its cluster and spoils others looks
 * as good as what only mends it, wherever one looks at its own cases only.
 */
export function propose(weights: Weights, rates: Rates, random: Random): Proposal {
  const failing = weights.map((weight, cluster) => weight * (1 - (rates[cluster] as number)));
  const cluster = drawn(failing, random);
  const next = [...rates];
  const luck = random.next();
  if (luck < MENDS + SPOILS) next[cluster] = Math.min(BEST, (next[cluster] as number) + 0.3 + 0.4 * random.next());
  if (luck < SPOILS) {
    const others = next.map((_, at) => at).filter((at) => at !== cluster);
    for (let spoilt = 0; spoilt < SPOILT; spoilt += 1) {
      const [other] = others.splice(random.between(0, others.length - 1), 1) as [number];
      next[other] = Math.max(WORST, (next[other] as number) - 0.2 - 0.3 * random.next());
    }
  }
  return { cluster, rates: next };
}

/** Two versions, and the cluster that the second is meant to mend, where there is one. */
export interface Versions {
  readonly weights: Weights;
  readonly baseline: Rates;
  readonly candidate: Rates;
  readonly cluster?: number;
}

/** Two versions that meet the same cases. */
export class Arms {
  readonly #versions: Versions;
  readonly #others: Weights;
  readonly #random: Random;
  #cases = 0;

  constructor(versions: Versions, random: Random) {
    this.#versions = versions;
    this.#others = versions.weights.map((weight, at) => (at === versions.cluster ? 0 : weight));
    this.#random = random;
  }

  /** The next case: a target case is of the cluster that is to be mended, a guard case of any other. */
  next(slice: Slice): Pair {
    const { baseline, candidate, cluster } = this.#versions;
    const of = slice === 'target' && cluster !== undefined ? cluster : drawn(this.#others, this.#random);
    const hard = this.#random.next();
    const again = this.#random.next() < NOISE ? this.#random.next() : hard;
    this.#cases += 1;
    const caseId = String(this.#cases);
    return {
      caseId,
      seq: this.#cases,
      slice,
      related: caseId,
      baseline: hard < (baseline[of] as number) ? 'pass' : 'fail',
      candidate: again < (candidate[of] as number) ? 'pass' : 'fail',
    };
  }
}

/** An index, by weights that need not add up to 1. */
function drawn(weights: Weights, random: Random): number {
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const at = weights.findIndex((weight) => (left -= weight) < 0);
  return at === -1 ? weights.length - 1 : at;
}
