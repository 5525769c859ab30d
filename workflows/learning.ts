/** The workflows by which loops are measured and improved: in every bundle, whatever loops it has. */
export { askJudges } from './ask-judges.ts';
export { evaluateHarness } from './evaluate-harness.ts';
export { improve } from './improve.ts';
export { watchHarness } from './watch-harness.ts';
