import type { z } from 'zod';
import { mistakesIn } from './check-definition.ts';
import type { Finder } from './finder.ts';
import type { Generator } from './generators.ts';
import { InvalidLoop } from './invalid-loop.ts';
import type { LoopStarts } from './loop-starts.ts';
import type { Source } from './sources.ts';
import type { Verifier } from './verifiers.ts';

/** What an effect knows besides the verified output. */
export interface EffectContext<I> {
  readonly input: I;
  /** Work key + effect: the same for every retry, reset and second start. Hand it to the target as its idempotency key. */
  readonly idempotencyKey: string;
  readonly runKey: string;
  /** End of the period that the run is about, in milliseconds since 1970. Never read a clock instead. */
  readonly asOf: number;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** The place for effects that stay at home: rows that other programs collect. */
  readonly outbox: Outbox;
  /** The place for effects that make a document: the `reports` folder of the data folder. */
  readonly files: Files;
  /** Other loops, for effects that hand work on. */
  readonly loops: LoopStarts;
}

/** Rows that an effect leaves for other programs to collect, one for each key. */
export interface Outbox {
  /** Writes the row, or changes nothing where the key has one. */
  put(topic: string, key: string, body: unknown): Promise<void>;
}

/** Documents that an effect leaves for people. */
export interface Files {
  /**
   * Writes a file whole or not at all and returns its path. The same name and text again changes nothing; the same name
   * with another text replaces it, so put into the name what the text is about.
   */
  write(name: string, text: string): Promise<string>;
}

/** What a run does to the world, once, after verification and its gate. */
export interface Effect<I, O> {
  run(output: O, context: EffectContext<I>): Promise<unknown>;
  /**
   * True where running it twice with the same key does no harm. False: after a crash in the middle it is not run
   * again; the run ends `blocked` with `EffectUncertain` and a person looks.
   */
  readonly repeatable: boolean;
}

/** A step of a run with its own context, generator and verifiers. */
export interface Stage<I, O> {
  readonly context?: readonly Source<I>[];
  readonly generate: Generator<I, O>;
  readonly verify: readonly Verifier<I, O>[];
  /** Schema of what this stage makes, where it is not the loop's output. */
  readonly output?: z.ZodType<O>;
}

declare const other: unique symbol;

/** A stage with an output schema of its own. */
export interface OtherStage<I> {
  readonly [other]: I;
}

/** A stage whose output is not the loop's: its types flow from its own schema. */
export function stage<I, S>(output: z.ZodType<S>, definition: Omit<Stage<I, S>, 'output'>): OtherStage<I> {
  return { ...definition, output } as unknown as OtherStage<I>;
}

/** What an author writes in `loop.ts`. */
export interface LoopDefinition<I, O> {
  /** camelCase; the Temporal workflow type. */
  readonly name: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  /**
   * What makes two inputs the same work. Where it is left out, or answers undefined for an input that names no work, the
   * work is the schedule's id and time where a schedule started the run, else the run itself.
   */
  dedupe?(this: void, input: I): string | undefined;
  /** Whose money a run for this input spends: a customer, a team. Their caps are in `loopwright.yaml`. */
  tenant?(this: void, input: I): string | undefined;
  /**
   * What of a right output has to be there again when the same input comes again: what a case of a decision expects.
   * Default: the label of a decision, else nothing; then the loop's verifiers alone say whether a case passes.
   */
  expects?(this: void, output: O): unknown;
  /** By name. A stage whose output is not the loop's is made with {@link stage}. */
  readonly stages: Readonly<Record<string, Stage<I, O> | OtherStage<I>>>;
  readonly act?: Readonly<Record<string, Effect<I, O>>>;
}

/** A loop as the rest of the product sees it: types erased, because what crosses the wire is checked by schema. */
export interface Loop {
  readonly name: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly dedupe?: (input: unknown) => string | undefined;
  readonly tenant?: (input: unknown) => string | undefined;
  readonly expects?: (output: unknown) => unknown;
  readonly stages: Readonly<Record<string, Stage<unknown, unknown>>>;
  readonly act: Readonly<Record<string, Effect<unknown, unknown>>>;
  /** Of a loop that looks for work. */
  readonly finder?: Finder;
  /** Why there is nothing to do about a verified output, where there is nothing: the run ends `noWork`. */
  readonly nothing?: (output: unknown) => string | undefined;
}

/** Where each loop was defined: the stack of its `defineLoop`, for messages about it that come later. */
const definedAt = new WeakMap<Loop, string>();

/**
 * Checks a definition and makes a loop of it.
 * @throws InvalidLoop with every mistake: these are mistakes in code, found when the file is loaded.
 */
export function defineLoop<I, O>(definition: LoopDefinition<I, O>): Loop {
  const mistakes = [...mistakesIn(definition)];
  if (mistakes.length > 0)
    throw new InvalidLoop(String((definition as { name?: unknown } | undefined)?.name), mistakes);
  return makeLoop(definition);
}

/** A loop of a definition without mistakes. The stack of this call is where it was defined. */
export function makeLoop<I, O>(definition: LoopDefinition<I, O> & Pick<Loop, 'finder' | 'nothing'>): Loop {
  const loop = { ...(definition as unknown as Loop), act: (definition.act ?? {}) as Loop['act'] };
  definedAt.set(loop, new Error().stack ?? '');
  return loop;
}

/** The stack of the call that defined a loop; undefined for a value that `defineLoop` did not make. */
export function definitionStack(loop: Loop): string | undefined {
  return definedAt.get(loop);
}
