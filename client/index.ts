/** How other programs start runs, decide their gates and read their results. */
export { LoopClient, type Started } from './loop-client.ts';
export {
  approveSignal,
  decideUpdate,
  rejectSignal,
  reviseSignal,
  statusQuery,
  stopSignal,
  type DecideArgument,
  type DecideReply,
  type Status,
} from '../contract/messages.ts';
export type { Closing, RunEvent } from '../contract/run-event.ts';
export type { Criterion, Verdict } from '../contract/verdict.ts';
export { watchRun, type WatchOptions } from './watch.ts';
export { SEARCH_ATTRIBUTES, TASK_QUEUE, TASK_TIMEOUT, type LoopState } from '../contract/names.ts';
export { OUTCOMES, type Outcome, type RunResult } from '../contract/outcomes.ts';
export type { RunOptions, Trigger } from '../contract/run.ts';
