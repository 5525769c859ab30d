/**
 * The words that other programs type: queue, search attributes, version names.
 *
 * Terminology (DESIGN §1): a *loop* is a named job that repeats; a *run* is one workflow execution of it, for
 * one piece of *work*; a *stage* is a step of a run with its own generator and verifiers; an *attempt* is one
 * generate + evaluate inside a stage; a *gate* is a wait for a human decision; an *effect* is what the run does
 * to the world, once; a *lesson* is what a decision or a failure taught.
 */

/** The one task queue that every loop is started on. */
export const TASK_QUEUE = 'loops';

/** The loop that improves loops: every worker has it. */
export const IMPROVE = 'improve';

/** The queue of a model route that has limits, by the queue of the loops. */
export const MODEL_QUEUE = '-model-';

/** The workflow-task timeout that our client and every printed command set, so that a killed worker's runs go on within seconds. */
export const TASK_TIMEOUT = '3s';

/** Search attributes of a run and their Temporal types. `up` and `doctor` register them. */
export const SEARCH_ATTRIBUTES = {
  LoopState: 'Keyword',
  LoopOutcome: 'Keyword',
  LoopHarness: 'Keyword',
  LoopCostUsd: 'Double',
} as const;

/** Name of one of our search attributes. */
export type SearchAttribute = keyof typeof SEARCH_ATTRIBUTES;

/** Values of `LoopState`. */
export type LoopState = 'running' | 'awaitingDecision' | 'awaitingBudget' | 'closed';

/** Content address of a stored artefact: `sha256:` and 64 hex digits. */
export type Digest = string;

/** Milliseconds since 1970, as a workflow or a store sees them. */
export type Timestamp = number;
