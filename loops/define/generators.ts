import type { Finder } from './finder.ts';
import type { Facts, Part } from './sources.ts';

/** What a function generator gets: the input, what earlier stages made, and the store's figures up to the run's cut. */
export interface ComputeContext {
  readonly earlier: Readonly<Record<string, unknown>>;
  readonly facts: Facts;
  /** Identity of the run in the record. */
  readonly runKey: string;
  /** End of the period the run reports on, in milliseconds since 1970. Never read a clock instead. */
  readonly asOf: number;
}

/**
 * For outputs with a closed set of answers: how the keyless embedded learner can make one. It reads `text`, picks one
 * of `labels`, and `complete` makes the whole output of it.
 */
export interface Decision<I, O> {
  readonly labels: readonly string[];
  text(this: void, input: I): string;
  label(this: void, output: O): string;
  complete(this: void, answer: { label: string; confidence: number; input: I; parts: readonly Part[] }): O;
}

/** Answers by a model; which one is the harness' routing. */
export interface ModelGenerator<I, O> {
  readonly kind: 'model';
  readonly decision?: Decision<I, O>;
  /** For outputs that are no decision: what route `local` answers with, where no model is configured. */
  readonly keyless?: (input: I, context: ComputeContext) => O | Promise<O>;
}

/** Answers by a function: figures, lookups, transformations. */
export interface ComputeGenerator<I, O> {
  readonly kind: 'compute';
  readonly name: string;
  readonly run: (input: I, context: ComputeContext) => O | Promise<O>;
}

/** Answers with what is new in a source: of finders, see `defineFinder`. */
export interface FindGenerator {
  readonly kind: 'find';
  readonly name: string;
  readonly finder: Finder;
}

/** What makes an artefact. */
export type Generator<I, O> = ModelGenerator<I, O> | ComputeGenerator<I, O> | FindGenerator;

/** Answers by a model; with `decision`, the embedded learner can be routed to as well (`model: local`). */
export function model<I, O>(options: Omit<ModelGenerator<I, O>, 'kind'> = {}): ModelGenerator<I, O> {
  return { kind: 'model', ...options };
}

/** Answers by a function. */
export function compute<I, O>(name: string, run: ComputeGenerator<I, O>['run']): ComputeGenerator<I, O> {
  return { kind: 'compute', name, run };
}
