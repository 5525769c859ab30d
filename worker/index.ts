/** Loops on a Temporal worker of your own, next to your other workflows, with your data converter and codec. */
export { createActivities, type Activities } from '../activities/index.ts';
export type { Dependencies, LoopEntry, Route } from '../activities/dependencies.ts';
