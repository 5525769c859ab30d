import type { Criterion } from '../../contract/verdict.ts';
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
export type Finding = Omit<Criterion, 'name' | 'opinion'>;

/** A function that checks an output: certain, cheap, and run before any judge. */
export interface Check<I, O> {
  readonly kind: 'check';
  readonly name: string;
  readonly opinion: boolean;
  readonly run: (output: O, input: I, evidence: Evidence) => Finding | Promise<Finding>;
}

/** Another model with a rubric: yes or no for each criterion, with a quote. */
export interface Judge {
  readonly kind: 'judge';
  readonly name: string;
  readonly opinion: boolean;
  /** Route of the judging model; it must resolve to another model than the generator's. */
  readonly model: string;
  /** One yes-or-no question each, by name. */
  readonly rubric: Readonly<Record<string, string>>;
}

/** What can say no to an artefact. */
export type Verifier<I, O> = Check<I, O> | Judge;

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
  rubric: Judge['rubric'],
  options: VerifierOptions & { readonly model?: string } = {},
): Judge {
  return { kind: 'judge', name, opinion: options.opinion ?? false, model: options.model ?? 'judge', rubric };
}
