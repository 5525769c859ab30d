/** What workflow code of a loop with several stages is written with: `loopwright/workflow`. */
export { default } from './loop.ts';
export { loopWorkflow, type Run } from './run.ts';
export type { Draft, RunPlan } from '../contract/run.ts';
