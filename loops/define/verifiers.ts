import type { Criterion } from '../../contract/verdict.ts';
import { assertNever } from '../../core/assert-never.ts';
import type { Facts } from './sources.ts';

/** A labelled example as a second reader may learn from it. */
export interface LabelledExample {
  readonly id: number;
  readonly input: unknown;
  readonly output: unknown;
  readonly predicted?: unknown;
}

/** What a verifier gets besides output and input: never the generator's reasoning. */
export interface Evidence {
  /** Labelled examples up to the run's watermark, oldest first. */
  readonly examples: readonly LabelledExample[];
  /** The run read lessons up to this id. */
  readonly watermark: number;
  readonly earlier: Readonly<Record<string, unknown>>;
  readonly facts: Facts;
  /** Markdown files of the loop's own folder, sorted by name. */
  documents(this: void, folder: string): Promise<readonly { readonly name: string; readonly text: string }[]>;
  readonly asOf: number;
}

/** What a check answers: a verdict, and what was seen. */
export type Finding = Omit<Criterion, 'name' | 'opinion' | 'question'>;

/** Yes-or-no questions about an output, by name. */
export type Rubric = Readonly<Record<string, string>>;

/** A function that checks an output: certain, cheap, and run before any judge. */
export interface Check<I, O> {
  readonly kind: 'check';
  readonly name: string;
  readonly opinion: boolean;
  readonly run: (output: O, input: I, evidence: Evidence) => Finding | Promise<Finding>;
}

/** What a judge or panel reads besides the output. */
export interface ReadsInput {
  /**
   * `true`: its criteria say whether the output fits its input, so it is shown accepted outputs of other work among the real
   * ones, and has to hold them. `false`: its criteria are about the output alone, such as its tone, and it is not shown the
   * input. Default: it is shown the input, and has to hold outputs of other work where no other verifier is there to do so.
   */
  readonly readsInput?: boolean;
}

/** Another model with a rubric: yes or no for each criterion, with a quote. */
export interface Judge extends ReadsInput {
  readonly kind: 'judge';
  readonly name: string;
  readonly opinion: boolean;
  /** Route of the judging model; it must resolve to another model than the generator's. */
  readonly model: string;
  /** One yes-or-no question each, by name. */
  readonly rubric: Rubric;
}

/** Several models with one rubric. What all of them say counts; where they disagree, a person is asked. */
export interface Panel extends ReadsInput {
  readonly kind: 'panel';
  readonly name: string;
  readonly opinion: boolean;
  /** Routes of the judging models; each must resolve to another model, and none to the generator's. */
  readonly models: readonly string[];
  /** One yes-or-no question each, by name. */
  readonly rubric: Rubric;
}

/**
 * What an output is compared with: the best attempt of the stage before it (the first attempt is compared with nothing),
 * or what the author gives for the input, as text or JSON.
 */
export type Baseline<I> = 'best' | ((input: I) => unknown);

/** Another model that says which of two is better, asked in both orders: only a winner that wins in both counts. */
export interface Pairwise<I> {
  readonly kind: 'pairwise';
  readonly name: string;
  readonly opinion: boolean;
  /** Route of the judging model; it must resolve to another model than the generator's. */
  readonly model: string;
  readonly baseline: Baseline<I>;
  /** What to compare by, one question each, by name: `{ complete: 'Which one answers more of what was asked?' }`. */
  readonly rubric: Rubric;
}

/** A question that only a person answers. It is always asked, at a gate, once everything else has been. */
export interface Human {
  readonly kind: 'human';
  readonly name: string;
  readonly opinion: false;
  readonly question: string;
}

/** What can say no to an artefact. */
export type Verifier<I, O> = Check<I, O> | Judge | Panel | Pairwise<I> | Human;

/** A verifier that asks models. */
export type ModelVerifier<I> = Judge | Panel | Pairwise<I>;

/** How much a verifier's no weighs. */
export interface VerifierOptions {
  /** A no from an opinion asks a human, who may overrule it. Default false: nobody overrules it. */
  readonly opinion?: boolean;
}

/** A function that checks an output. */
export function check<I, O>(name: string, run: Check<I, O>['run'], options: VerifierOptions = {}): Check<I, O> {
  return { kind: 'check', name, opinion: options.opinion ?? false, run };
}

/** Another model with a rubric, asked on route `options.model` (default `judge`). */
export function judge(
  name: string,
  rubric: Rubric,
  options: VerifierOptions & ReadsInput & { readonly model?: string } = {},
): Judge {
  const { opinion = false, model = 'judge', readsInput } = options;
  return { kind: 'judge', name, opinion, model, rubric, ...(readsInput === undefined ? {} : { readsInput }) };
}

/** Two to seven models with one rubric, asked on routes `options.models`. They have to agree, else a person decides. */
export function panel(
  name: string,
  rubric: Rubric,
  options: VerifierOptions & ReadsInput & { readonly models: readonly string[] },
): Panel {
  const { opinion = false, models, readsInput } = options;
  return { kind: 'panel', name, opinion, models, rubric, ...(readsInput === undefined ? {} : { readsInput }) };
}

/** Another model that compares with a baseline, asked twice on route `options.model` (default `judge`). */
export function pairwise<I>(
  name: string,
  rubric: Rubric,
  options: VerifierOptions & { readonly baseline: Baseline<I>; readonly model?: string },
): Pairwise<I> {
  const { opinion = false, model = 'judge', baseline } = options;
  return { kind: 'pairwise', name, opinion, model, baseline, rubric };
}

/** A question to a person, such as `Would you send this to your own customer?` An approval says yes to it. */
export function human(name: string, question: string): Human {
  return { kind: 'human', name, opinion: false, question };
}

/** Routes of the models that a verifier asks; none for one that asks no model. */
export function routesOf(verifier: Verifier<never, never>): readonly string[] {
  switch (verifier.kind) {
    case 'judge':
    case 'pairwise':
      return [verifier.model];
    case 'panel':
      return verifier.models;
    case 'check':
    case 'human':
      return [];
    default:
      return assertNever(verifier);
  }
}
