/** What the learner is asked: a text, the closed set of answers, and what people said so far. */
export interface LearnerQuestion {
  readonly loop: string;
  readonly labels: readonly string[];
  readonly text: string;
  /** Oldest first, up to the run's watermark. */
  readonly examples: readonly LearnerExample[];
  readonly watermark: number;
  /** How many erasures there had been when the examples were read: one that is asked late brings nothing back. Default 0. */
  readonly erasures?: number;
}

/** A text and the label that a person gave it. */
export interface LearnerExample {
  readonly id: number;
  readonly text: string;
  readonly label: string;
}

/** The embedded learner: not a language model, but a cheap first tier for decisions with a closed set of answers. */
export interface Learner {
  /** Identity, e.g. `local-minilm`. */
  readonly model: string;
  answer(question: LearnerQuestion): Promise<{ readonly label: string; readonly confidence: number }>;
}
