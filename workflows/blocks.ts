/** What workflow code of your own is made of: `export { default } from 'loopwright/workflow'` and a `loopWorkflow` for each loop of several stages. */
export { default } from './loop.ts';
export { loopWorkflow, type Run } from './run.ts';
export type { Draft, RunPlan } from '../contract/run.ts';
