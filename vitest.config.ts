import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** One server and one workflow bundle a test run (`tests/support/global-setup.ts`). */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', './tests/support/count-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Processes that tests start compile what others have compiled before.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'loopwright-compiled') },
  },
});
