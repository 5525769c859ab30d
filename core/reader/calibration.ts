/** How a {@link Calibration} starts, forgets and hedges. */
export interface CalibrationOptions {
  /** Mean of each weight before anything was seen; one for each feature, of which the first is the constant 1. */
  readonly prior: readonly number[];
  /** Standard deviation of each weight before anything was seen. */
  readonly spread: readonly number[];
  /** Weight of an answer against the one after it, 0 to 1; 1 forgets nothing. */
  readonly forgetting: number;
  /** How many standard deviations below the best guess to answer: 0 for the best guess, 1.5 for a cautious one. */
  readonly caution: number;
}

/** Answers looked back on at most: at a forgetting of .995 the thousandth last one weighs .007. */
const WINDOW = 1000;

/** Fits kept for later questions about the same moment. */
const KEPT_FITS = 16;

interface Past {
  readonly features: readonly number[];
  readonly right: boolean;
}

interface Fit {
  readonly weights: readonly number[];
  readonly precision: readonly (readonly number[])[];
}

/**
 * P(right | features of an answer), learned from earlier answers whose truth is known: a logistic curve with a Gaussian
 * prior (Platt scaling, maximum a posteriori by Newton's method), lowered by `caution` standard deviations of its own
 * uncertainty (Laplace approximation), so that little evidence means little confidence.
 * Answers for any prefix of the past, always from the same start, so the order of the questions changes nothing.
 */
export class Calibration {
  readonly #options: CalibrationOptions;
  readonly #past: Past[] = [];
  readonly #fits = new Map<number, Fit>();

  constructor(options: CalibrationOptions) {
    this.#options = options;
  }

  /** Number of answers learned from. */
  get size(): number {
    return this.#past.length;
  }

  /** Adds an answer whose truth became known. `features` has one number for each prior weight. */
  learn(features: readonly number[], right: boolean): void {
    this.#past.push({ features, right });
  }

  /** P(right) of an answer with these features, by the first `answers` of the past. Always above 0 and below 1. */
  probability(features: readonly number[], answers: number): number {
    const { weights, precision } = this.#fit(Math.min(answers, this.#past.length));
    const variance = dot(features, solve(precision, features));
    const odds = dot(weights, features) - this.#options.caution * Math.sqrt(Math.max(0, variance));
    return sigmoid(Math.max(-15, Math.min(15, odds)));
  }

  #fit(answers: number): Fit {
    const kept = this.#fits.get(answers);
    if (kept) return kept;
    const fit = fitLogistic(this.#past.slice(Math.max(0, answers - WINDOW), answers), this.#options);
    this.#fits.set(answers, fit);
    const [oldest] = this.#fits.keys();
    if (this.#fits.size > KEPT_FITS && oldest !== undefined) this.#fits.delete(oldest);
    return fit;
  }
}

/** ln(p / (1 - p)), with p held between 0.002 and 0.998 so that one overconfident answer cannot outweigh all others. */
export function logit(p: number): number {
  const held = Math.min(0.998, Math.max(0.002, p));
  return Math.log(held / (1 - held));
}

/** Newton's method with a step halved until it gains: the loss is strictly convex, so it ends at its one minimum. */
function fitLogistic(past: readonly Past[], options: CalibrationOptions): Fit {
  let weights: readonly number[] = options.prior;
  let loss = lossOf(weights, past, options);
  for (let round = 0; round < 25; round += 1) {
    const { gradient, precision } = slopes(weights, past, options);
    const step = solve(precision, gradient);
    let size = 1;
    let next = weights;
    let nextLoss = Infinity;
    for (; size > 1e-4 && !(nextLoss <= loss); size /= 2) {
      next = weights.map((weight, i) => weight + size * (step[i] as number));
      nextLoss = lossOf(next, past, options);
    }
    if (!(nextLoss < loss - 1e-9)) break;
    [weights, loss] = [next, nextLoss];
  }
  const { precision } = slopes(weights, past, options);
  return {
    weights: weights.map((weight, i) => (i === 0 ? weight : keepSign(weight, options.prior[i] as number))),
    precision,
  };
}

/** A feature that was expected to point one way counts for nothing rather than the other way: more confidence never means less. */
function keepSign(weight: number, expected: number): number {
  return weight * expected < 0 ? 0 : weight;
}

/** Minus the log of prior times likelihood, up to a constant. */
function lossOf(
  weights: readonly number[],
  past: readonly Past[],
  { prior, spread, forgetting }: CalibrationOptions,
): number {
  let loss = weights.reduce(
    (sum, weight, i) => sum + ((weight - (prior[i] as number)) / (spread[i] as number)) ** 2 / 2,
    0,
  );
  let share = 1;
  for (const { features, right } of past.toReversed()) {
    const odds = dot(weights, features) * (right ? 1 : -1);
    loss += share * (odds > 0 ? Math.log1p(Math.exp(-odds)) : Math.log1p(Math.exp(odds)) - odds);
    share *= forgetting;
  }
  return loss;
}

/** Minus the loss's first derivative, and its second: the precision of the weights. */
function slopes(
  weights: readonly number[],
  past: readonly Past[],
  { prior, spread, forgetting }: CalibrationOptions,
): { gradient: number[]; precision: number[][] } {
  const gradient = weights.map((weight, i) => ((prior[i] as number) - weight) / (spread[i] as number) ** 2);
  const precision = prior.map((_, i) => prior.map((_, j) => (i === j ? (spread[i] as number) ** -2 : 0)));
  let share = 1;
  for (const { features, right } of past.toReversed()) {
    const p = sigmoid(dot(weights, features));
    features.forEach((x, i) => {
      gradient[i] = (gradient[i] as number) + share * x * ((right ? 1 : 0) - p);
      const row = precision[i] as number[];
      features.forEach((y, j) => (row[j] = (row[j] as number) + share * p * (1 - p) * x * y));
    });
    share *= forgetting;
  }
  return { gradient, precision };
}

/** Solves `matrix · x = right` for a symmetric positive definite matrix, by elimination without pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  rows.forEach((pivot, at) => {
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = (row[at] as number) / (pivot[at] as number);
      for (let column = at; column < row.length; column += 1)
        row[column] = (row[column] as number) - factor * (pivot[column] as number);
    }
  });
  return rows.map((row, at) => (row.at(-1) as number) / (row[at] as number));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
