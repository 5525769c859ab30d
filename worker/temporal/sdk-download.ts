/**
 * A program of its own: `node sdk-download.ts <temporal|temporal-test-server> <folder> <version>` lets the Temporal SDK download an
 * executable into the folder and start it once. It is not called in our process because the SDK's download cannot be cancelled
 * and installs the native runtime, which the worker configures for itself.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [, , binary, downloadDir, version] = process.argv;
if (binary === undefined || downloadDir === undefined || version === undefined)
  throw new Error('Expected three arguments: the executable, a folder and a version.');

const executable = { type: 'cached-download', downloadDir, version: `v${version}` } as const;
try {
  const environment =
    binary === 'temporal'
      ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
      : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await environment.teardown();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
