import { Calibration, logit, type CalibrationOptions } from './calibration.ts';
import { KernelVote, type KernelVoteOptions, type Vote } from './kernel-vote.ts';
import { DenseSpace, NgramSpace, type Space } from './space.ts';
import { Timeline } from './timeline.ts';
import type { SparseVector } from './vector.ts';

/** A label and what its name, as words, was embedded to: what is known before the first example. */
export interface NamedLabel<V> {
  readonly label: string;
  readonly vector: V;
}

/** A text whose true label a human gave. `id` orders the examples and is what watermarks count in. */
export interface VectorExample<V> {
  readonly id: number;
  readonly vector: V;
  readonly label: string;
}

/** What a {@link LabelReader} makes of a text. */
export interface Answer {
  readonly label: string;
  /** Calibrated, cautious P(the label is right), above 0 and below 1: what a threshold is for. */
  readonly confidence: number;
  /** The winner's share of the vote, 0 to 1, before calibration. */
  readonly raw: number;
  readonly runnerUp: string;
  /** Kernel mass behind the winner; near 0 for a text that is like nothing seen. */
  readonly mass: number;
  /** How many examples the answer rests on. */
  readonly examples: number;
}

/** All that sets one kind of {@link LabelReader} apart from another. */
export interface LabelReaderOptions<V> {
  readonly names: readonly NamedLabel<V>[];
  /** Makes an empty space; called again whenever an example arrives out of order. */
  readonly space: () => Space<V>;
  readonly vote: KernelVoteOptions;
  readonly calibration: CalibrationOptions;
}

/** Starts from "somewhat less sure than the vote", and lets the past say what mass and number of examples are worth. */
const CALIBRATION = { prior: [-0.7, 1, 0, 0], spread: [1, 0.5, 0.5, 0.5], forgetting: 0.995 } as const;

/** Settings over MiniLM vectors, chosen on BANKING77's stream, CLINC150 and the project's sample, never on held-out texts. */
export const MINILM_SETTINGS = {
  space: (): Space<Float32Array> => new DenseSpace(),
  vote: { width: 0.05, temperature: 0.04, centroid: 0.7, kernel: 0.7 },
  calibration: { ...CALIBRATION, caution: 0.75 },
} as const;

/** Settings over hashed n-grams (`ngramVector`): a weaker space, so more caution. Chosen like {@link MINILM_SETTINGS}. */
export const NGRAM_SETTINGS = {
  space: (): Space<SparseVector> => new NgramSpace(),
  vote: { width: 0.08, temperature: 0.06, centroid: 1, kernel: 0.5 },
  calibration: { ...CALIBRATION, caution: 2.75 },
} as const;

/**
 * The generator's reader: a vote over labelled vectors, its share turned into P(right) by how earlier votes turned out.
 * Each example is voted on just before it is learned, so calibration needs no record of what was once answered and stays
 * true when the embedder changes. A function of the examples with `id <= watermark`, whenever it is asked.
 */
export class LabelReader<V> {
  readonly #options: LabelReaderOptions<V>;
  readonly #examples = new Timeline<VectorExample<V>>();
  #space: Space<V>;
  #vote: KernelVote<V>;
  #calibration: Calibration;
  #learned = 0;

  constructor(options: LabelReaderOptions<V>) {
    this.#options = options;
    [this.#space, this.#vote, this.#calibration] = this.#begin();
  }

  /** Learns an example; one whose id is known already is ignored. In id order it costs two votes, out of order a rebuild. */
  learn(example: VectorExample<V>): void {
    const placed = this.#examples.add(example);
    if (placed === 'known') return;
    if (placed === 'inserted') {
      [this.#space, this.#vote, this.#calibration] = this.#begin();
      this.#learned = 0;
    }
    for (const next of this.#examples.items.slice(this.#learned)) this.#extend(next);
  }

  /** The label of a text by the examples with `id <= watermark` and the label names. */
  answer(vector: V, watermark: number): Answer {
    const examples = this.#examples.count(watermark);
    const vote = this.#ask(vector, examples);
    const confidence = this.#calibration.probability(features(vote, examples), examples);
    return { label: vote.label, confidence, raw: vote.share, runnerUp: vote.runnerUp, mass: vote.mass, examples };
  }

  #ask(vector: V, examples: number): Vote {
    return this.#vote.vote(this.#space.weigh(vector, this.#options.names.length + examples), examples);
  }

  #extend({ vector, label }: VectorExample<V>): void {
    const vote = this.#ask(vector, this.#learned);
    this.#calibration.learn(features(vote, this.#learned), vote.label === label);
    this.#space.see(vector);
    this.#learned += 1;
    this.#vote.learn(this.#space.weigh(vector, this.#options.names.length + this.#learned), label);
  }

  #begin(): [Space<V>, KernelVote<V>, Calibration] {
    const { names, vote, calibration } = this.#options;
    const space = this.#options.space();
    for (const { vector } of names) space.see(vector);
    const weighed = names.map(({ label, vector }) => ({ label, vector: space.weigh(vector, names.length) }));
    return [space, new KernelVote(weighed, (a, b) => space.similarity(a, b), vote), new Calibration(calibration)];
  }
}

/** What calibration goes by: a constant, the log-odds of the vote's share, the log of its mass (moved near 0), how much was learned. */
function features({ share, mass }: Vote, examples: number): number[] {
  return [1, logit(share), Math.log(mass + 1e-6) + 5, Math.log(1 + examples / 100)];
}
