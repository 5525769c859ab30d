/** How a {@link KernelVote} weighs what it remembers. */
export interface KernelVoteOptions {
  /** Kernel width at 0 examples, in cosine; an example weighs exp((cosine - 1) / width). */
  readonly width: number;
  /** The cosine to a label's centroid that multiplies its odds by e. */
  readonly temperature: number;
  /** Power of the centroid's part and of the kernel's part in the product of both. */
  readonly centroid: number;
  readonly kernel: number;
}

/** What the remembered examples say about one vector. */
export interface Vote {
  readonly label: string;
  /** The winner's share of all labels, 0 to 1: a raw confidence, not a probability of being right. */
  readonly share: number;
  /** The second label, or the winner again when there is only one. */
  readonly runnerUp: string;
  /** Kernel mass of the winner: how many near examples it rests on. Near 0: belongs to no label (embed.md §4). */
  readonly mass: number;
}

interface Remembered<V> {
  readonly vector: V;
  readonly label: number;
  /** Squared length of the sum of this label's vectors up to and including this one. */
  readonly squares: number;
}

/**
 * A vote of remembered vectors about the label of a new one: the kernel vote of Nadaraya and Watson, in which every
 * example counts by its nearness, times the nearness of each label's centroid. Starts from one vector a label, its name.
 * Answers for any prefix of what it has learned; deterministic; no training step. Ties go to the label named first.
 */
export class KernelVote<V> {
  readonly #labels: readonly string[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #similarity: (a: V, b: V) => number;
  readonly #options: KernelVoteOptions;
  readonly #memory: Remembered<V>[] = [];

  constructor(
    names: readonly { readonly label: string; readonly vector: V }[],
    similarity: (a: V, b: V) => number,
    options: KernelVoteOptions,
  ) {
    this.#labels = names.map((name) => name.label);
    this.#index = new Map(this.#labels.map((label, at) => [label, at]));
    this.#similarity = similarity;
    this.#options = options;
    for (const name of names) this.learn(name.vector, name.label);
  }

  /** Remembers one labelled vector. A label that was not named at the start is ignored: its place is kept, it never votes. */
  learn(vector: V, label: string): void {
    const own = this.#index.get(label) ?? -1;
    let before = 0;
    let overlap = 0;
    for (const other of this.#memory) {
      if (other.label !== own) continue;
      before = other.squares;
      overlap += this.#similarity(vector, other.vector);
    }
    this.#memory.push({ vector, label: own, squares: before + 2 * overlap + this.#similarity(vector, vector) });
  }

  /** The vote over the label names and the first `examples` learned examples. */
  vote(vector: V, examples: number): Vote {
    const count = this.#labels.length;
    const width = this.#options.width * (1 + examples / 500) ** -0.17;
    const mass = new Float64Array(count);
    const sums = new Float64Array(count);
    const squares = new Float64Array(count);
    for (const { vector: known, label, squares: soFar } of this.#memory.slice(0, count + examples)) {
      if (label < 0) continue;
      const nearness = this.#similarity(vector, known);
      mass[label] = (mass[label] as number) + Math.exp((nearness - 1) / width);
      sums[label] = (sums[label] as number) + nearness;
      squares[label] = soFar;
    }
    return this.#result(mass, sums, squares);
  }

  #result(mass: Float64Array, sums: Float64Array, squares: Float64Array): Vote {
    const { temperature, centroid, kernel } = this.#options;
    const total = mass.reduce((sum, value) => sum + value, 0);
    const score = mass.map((value, label) => {
      const length = Math.sqrt(squares[label] as number) || 1;
      return (centroid * (sums[label] as number)) / length / temperature + kernel * Math.log(value / total + 1e-6);
    });
    let best = 0;
    let second = -1;
    for (let label = 1; label < score.length; label += 1) {
      if ((score[label] as number) > (score[best] as number)) [best, second] = [label, best];
      else if (second < 0 || (score[label] as number) > (score[second] as number)) second = label;
    }
    const top = score[best] as number;
    const share = 1 / score.reduce((sum, value) => sum + Math.exp(value - top), 0);
    return {
      label: this.#labels[best] as string,
      share,
      runnerUp: this.#labels[second < 0 ? best : second] as string,
      mass: mass[best] as number,
    };
  }
}
