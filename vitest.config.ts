import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './tests/support/slowest-first.ts';

/** One server and one workflow bundle a test run (`tests/support/global-setup.ts`). */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', './tests/support/count-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A second, the default, is short where four files run at once.
    expect: { poll: { timeout: 10_000 } },
    // More than there are cores: tests mostly wait, for processes that start and for timers.
    maxWorkers: 4,
    // Test files share what they import, and a connection: to load Temporal's SDK for each took half of all the time.
    isolate: false,
    sequence: { sequencer: SlowestFirst },
    // Processes that tests start compile what others have compiled before.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'loopwright-compiled') },
  },
});
