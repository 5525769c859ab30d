import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run on one plain line, `N passed, N failed`, for CI. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string): number => states.filter((one) => one === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const skipped = count('skipped') === 0 ? '' : `, ${count('skipped')} skipped`;
    process.stdout.write(`${count('passed')} passed, ${count('failed') + broken + errors.length} failed${skipped}\n`);
  }
}
