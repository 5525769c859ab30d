/** Loops on a Temporal worker of your own, next to your other workflows, with your data converter and codec. */
export { LoopwrightPlugin, type LoopwrightOptions } from './plugin.ts';
export { createActivities, type Activities } from '../activities/index.ts';
export type { Dependencies, LoopEntry, Route } from '../activities/dependencies.ts';
export { TASK_QUEUE } from '../contract/names.ts';
