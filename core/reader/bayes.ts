import { ngrams } from './ngrams.ts';

/** How a {@link Bayes} smooths. */
export interface BayesOptions {
  /** Weight of the general language in each label's own, in units of one text of length 1 (Dirichlet smoothing). */
  readonly smoothing: number;
  /** Power of the likelihood: n-grams overlap, so they are far from independent pieces of evidence. */
  readonly power: number;
}

interface Occurrence {
  readonly position: number;
  readonly label: number;
  readonly weight: number;
}

/**
 * Multinomial naive Bayes over hashed n-grams: asks how well each label's own way of speaking explains the text, where a
 * vote asks which remembered texts are near. Smoothed towards the language of all labels together, uniform prior.
 * An inverted index, each n-gram with the positions where it occurs, answers for any prefix of what was learned.
 */
export class Bayes {
  readonly #labels: readonly string[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #options: BayesOptions;
  readonly #occurrences = new Map<number, Occurrence[]>();
  readonly #texts: { readonly label: number; readonly weight: number }[] = [];

  constructor(names: readonly { readonly label: string; readonly text: string }[], options: BayesOptions) {
    this.#labels = names.map((name) => name.label);
    this.#index = new Map(this.#labels.map((label, at) => [label, at]));
    this.#options = options;
    for (const name of names) this.learn(name.text, name.label);
  }

  /** Learns one labelled text. A label that was not named at the start keeps its place and counts for nothing. */
  learn(text: string, label: string): void {
    const own = this.#index.get(label) ?? -1;
    const grams = own < 0 ? new Map<number, number>() : counts(text);
    const length = Math.hypot(...grams.values()) || 1;
    let total = 0;
    for (const [bucket, value] of grams) {
      const weight = value / length;
      total += weight;
      const list = this.#occurrences.get(bucket) ?? [];
      if (list.length === 0) this.#occurrences.set(bucket, list);
      list.push({ position: this.#texts.length, label: own, weight });
    }
    this.#texts.push({ label: own, weight: total });
  }

  /** P(label | text), in the order of the names, over the names and the first `examples` learned examples. */
  posterior(text: string, examples: number): Float64Array {
    const count = this.#labels.length;
    const size = count + examples;
    const totals = new Float64Array(count);
    let all = 0;
    for (const { label, weight } of this.#texts.slice(0, size)) {
      if (label < 0) continue;
      totals[label] = (totals[label] as number) + weight;
      all += weight;
    }
    const prior = this.#options.smoothing * (all / size);
    const score = new Float64Array(count);
    for (const [bucket, value] of counts(text)) {
      const own = new Float64Array(count);
      let general = 0;
      for (const { position, label, weight } of this.#occurrences.get(bucket) ?? []) {
        if (position >= size) break;
        own[label] = (own[label] as number) + weight;
        general += weight;
      }
      if (general === 0) continue;
      const share = general / all;
      for (let label = 0; label < count; label += 1) {
        const ratio = ((own[label] as number) + prior * share) / ((totals[label] as number) + prior) / share;
        score[label] = (score[label] as number) + value * this.#options.power * Math.log(ratio);
      }
    }
    const top = score.reduce((best, value) => Math.max(best, value), -Infinity);
    const odds = score.map((value) => Math.exp(value - top));
    const sum = odds.reduce((total, value) => total + value, 0);
    return odds.map((value) => value / sum);
  }
}

function counts(text: string): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { bucket, weight } of ngrams(text)) sums.set(bucket, (sums.get(bucket) ?? 0) + weight);
  return sums;
}
