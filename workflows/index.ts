/** What the worker bundles: loops with code of their own by name, and every other loop by the default workflow. */
export { default } from './loop.ts';
export { weeklyReport } from './weekly-report.ts';
export * from './learning.ts';
