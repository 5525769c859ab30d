import { Bayes, type BayesOptions } from './bayes.ts';
import { percent } from '../figures.ts';
import { Calibration, type CalibrationOptions } from './calibration.ts';
import { Timeline } from './timeline.ts';

/** A text whose true label a human gave, and what the generator had proposed for it, if anything. */
export interface TextExample {
  readonly id: number;
  readonly text: string;
  readonly label: string;
  readonly predicted?: string | undefined;
}

/** What the {@link SecondReader} makes of a proposed label. */
export interface SecondOpinion {
  /** Whether the proposal may stand: its P(right) is at least the reader's threshold. */
  readonly agrees: boolean;
  /** The label that the second reader itself finds likeliest. */
  readonly label: string;
  /** P(the proposal is right), above 0 and below 1, by how proposals of this kind turned out. */
  readonly confidence: number;
  /** One sentence of evidence for a person. */
  readonly because: string;
}

/** Settings of the {@link SecondReader}; {@link SECOND_READER} unless told. */
export interface SecondReaderOptions {
  readonly bayes: BayesOptions;
  readonly calibration: CalibrationOptions;
  /** Least P(right) of a proposal that is agreed with. */
  readonly agreeAt: number;
}

/**
 * Chosen on the streams of BANKING77, CLINC150 and the project's sample: no to what is likelier wrong than right, which is
 * one proposal in eight over MiniLM (45 % of those noes are right) and one in four over n-grams (60 %).
 */
const SECOND_READER: SecondReaderOptions = {
  bayes: { smoothing: 7, power: 0.5 },
  calibration: { prior: [0.3, 0.5, -0.5], spread: [1, 0.4, 0.4], forgetting: 0.995, caution: 0 },
  agreeAt: 0.5,
};

/**
 * The verifier's reader: naive Bayes over hashed n-grams, which never sees a vector of the generator. It says no where
 * proposals that fit the text this badly, against the best other label, were mostly wrong in the past.
 * A function of the examples with `id <= watermark`, whenever it is asked.
 */
export class SecondReader {
  readonly #names: readonly { readonly label: string; readonly text: string }[];
  readonly #options: SecondReaderOptions;
  #examples = new Timeline<TextExample>();
  /** For each count of examples, how many of them carry a proposal to calibrate on. */
  #proposals: number[] = [0];
  #bayes: Bayes;
  #calibration: Calibration;

  /** `names`: every label with its name as words. */
  constructor(
    names: readonly { readonly label: string; readonly text: string }[],
    options: SecondReaderOptions = SECOND_READER,
  ) {
    this.#names = names;
    this.#options = options;
    this.#bayes = new Bayes(names, options.bayes);
    this.#calibration = new Calibration(options.calibration);
  }

  /** Learns an example; one whose id is known already is ignored. Out of id order it costs a rebuild. */
  learn(example: TextExample): void {
    const placed = this.#examples.add(example);
    if (placed === 'known') return;
    if (placed === 'inserted') this.#begin();
    for (const next of this.#examples.items.slice(this.#proposals.length - 1)) this.#extend(next);
  }

  /** Learns all examples up to a watermark. Where one that it had learnt is not among them, it was erased: it begins anew. */
  learnAll(examples: readonly TextExample[], watermark: number): void {
    if (this.#examples.hasMoreThan(examples, watermark)) {
      this.#examples = new Timeline<TextExample>();
      this.#begin();
    }
    for (const example of examples) this.learn(example);
  }

  #begin(): void {
    this.#bayes = new Bayes(this.#names, this.#options.bayes);
    this.#calibration = new Calibration(this.#options.calibration);
    this.#proposals = [0];
  }

  /** Judges a proposed label by the examples with `id <= watermark`. A label outside the closed set is never agreed with. */
  secondOpinion(text: string, proposed: string, watermark: number): SecondOpinion {
    const examples = this.#examples.count(watermark);
    const evidence = this.#weigh(text, proposed, examples);
    const answers = this.#proposals[examples] ?? 0;
    const known = evidence.index >= 0;
    const confidence = known ? this.#calibration.probability(evidence.features, answers) : sliver;
    const agrees = known && confidence >= this.#options.agreeAt;
    const { label } = evidence;
    const own = `by its words the text reads as ${label} (${percent(evidence.best)})`;
    const because = !known
      ? `${proposed} is no label of this loop; ${own}`
      : `${own}${label === proposed ? '' : `, as ${proposed} (${percent(evidence.own)})`}; such proposals are right ${percent(confidence)} of the time, ${percent(this.#options.agreeAt)} is needed`;
    return { agrees, label, confidence, because };
  }

  #extend({ text, label, predicted }: TextExample): void {
    const examples = this.#proposals.length - 1;
    if (predicted !== undefined) {
      const { index, features } = this.#weigh(text, predicted, examples);
      if (index >= 0) this.#calibration.learn(features, predicted === label);
    }
    this.#bayes.learn(text, label);
    this.#proposals.push(this.#calibration.size);
  }

  #weigh(text: string, proposed: string, examples: number): Evidence {
    const posterior = this.#bayes.posterior(text, examples);
    const index = this.#names.findIndex((name) => name.label === proposed);
    const best = posterior.reduce((winner, p, at) => (p > (posterior[winner] as number) ? at : winner), 0);
    const own = index < 0 ? 0 : (posterior[index] as number);
    const other = posterior.reduce((most, p, at) => (at === index ? most : Math.max(most, p)), 0);
    return {
      index,
      own,
      best: posterior[best] ?? 0,
      label: this.#names[best]?.label ?? '',
      features: [1, Math.max(-6, Math.log(own)), Math.max(-6, Math.log(other))],
    };
  }
}

/** P(right) said of a label outside the closed set. */
const sliver = 1e-6;

interface Evidence {
  readonly index: number;
  /** P(proposed | text) and P(label | text) by naive Bayes alone. */
  readonly own: number;
  readonly best: number;
  readonly label: string;
  readonly features: readonly number[];
}
