import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, and folders whose files start processes: begun first, so that none of them is left for the end, alone. */
const SLOW = [
  'tests/docs/examples',
  'tests/crash/',
  'tests/package/',
  'tests/worker/load/',
  'tests/worker/commands/',
  'tests/worker/',
  'tests/workflows/',
];

/** The order of test files. A fresh clone knows no durations that vitest could order them by. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = SLOW.findIndex((start) => moduleId.includes(`/${start}`));
      return found === -1 ? SLOW.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
