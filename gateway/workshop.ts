import type { JsonSchema } from '../core/json-schema.ts';
import type { Harness } from '../contract/harness.ts';
import type { ReviewAnswer } from '../contract/review-answer.ts';
import type { RunOptions } from '../contract/run.ts';
import type { Review } from '../core/review/result.ts';
import type { TemporalFacts } from '../core/story/story.ts';

/** A loop that runs here, as pages show it. */
export interface LoopSheet {
  readonly name: string;
  /** What a run of it takes. */
  readonly input: JsonSchema;
  readonly stages: readonly string[];
  readonly effects: readonly string[];
  /** The harness of its folder; promoted versions are in the store. */
  readonly harness: Harness;
}

/** What is wrong with a field of a value; the field is empty where it is the value as a whole. */
export interface FieldMistake {
  readonly field: string;
  readonly why: string;
}

/** What became of a start. */
export type StartAnswer =
  | { readonly kind: 'started'; readonly workflowId: string; readonly alreadyRunning: boolean }
  | { readonly kind: 'refused'; readonly mistakes: readonly FieldMistake[] };

/** Loops and Temporal, as the worker of this process knows them. */
export interface Workshop {
  /** Loops that run here; they may come and go. */
  loops(): readonly LoopSheet[];
  /** What a stage of a loop makes; undefined where there is no such loop or stage here. */
  outputOf(loop: string, stage: string): JsonSchema | undefined;
  /** What is wrong with an output of a stage, by field; empty where it fits, or nobody here knows. */
  mistakesIn(loop: string, stage: string, output: unknown): readonly FieldMistake[];
  /** Reviews the definition of a loop, with the harness that it runs on (`body`, its folder's where it has none yet); undefined where it does not run here. */
  review(loop: string, body: unknown, answers: readonly ReviewAnswer[], now: number): Promise<Review | undefined>;
  /** Starts a run. The same `key` is the same run, so a form that is sent twice starts one. */
  start(
    loop: string,
    start: { readonly key: string; readonly input: unknown; readonly options: RunOptions },
  ): Promise<StartAnswer>;
  /** What Temporal knows of a run. Never throws. */
  factsOf(run: { readonly workflowId: string; readonly firstRunId?: string }): Promise<TemporalFacts>;
  /** The run in Temporal's own UI, where its address is known. */
  uiOf(workflowId: string, runId: string): string | undefined;
}
