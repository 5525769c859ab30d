import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, type BundleOptions, type WorkflowBundle } from '@temporalio/worker';
import { dataConverter } from '../loop-worker.ts';
import { ownPath } from '../package/own-module.ts';

const own = createRequire(import.meta.url);

/** Workflow code is given no bundle: webpack's own words say why. */
export class BundleFailed extends Error {
  override readonly name = 'BundleFailed';
}

/**
 * Bundles the workflows, about a second; one bundle serves any number of workers. `entry` is a module anywhere that
 * exports more than our own; what it and its imports take from `loopwright/workflow` and the SDK is this very copy.
 * @throws BundleFailed
 */
export async function bundleWorkflows(entry: string = ownPath('workflows/index')): Promise<WorkflowBundle> {
  const said: string[] = [];
  const logger = {
    trace() {},
    debug() {},
    info() {},
    warn: console.warn,
    error: (text: string) => said.push(text),
    log() {},
  };
  try {
    return await bundleWorkflowCode({
      workflowsPath: entry,
      payloadConverterPath: dataConverter.payloadConverterPath,
      // Evaluated once a worker instead of once a run: zod and its schemas took a fifth of the workflow thread (bench/README.md). Neither holds anything of a run.
      preloadModules: ['zod', ownPath('contract/messages')],
      logger,
      webpackConfigHook: resolvingOurs,
    });
  } catch (cause) {
    throw new BundleFailed([...said, (cause as Error).message].join('\n'), { cause });
  }
}

/** Lets modules outside of our folder find what is ours, and nothing of it twice. */
export const resolvingOurs: NonNullable<BundleOptions['webpackConfigHook']> = (config) => ({
  ...config,
  // Names, lines and files for stacks, without the files' text, which was half of the bundle: each worker reads all of it, twice.
  devtool: 'inline-nosources-source-map',
  resolve: {
    ...config.resolve,
    modules: [...(config.resolve?.modules ?? []), ...(own.resolve.paths('zod') ?? [])],
    alias: {
      ...(config.resolve?.alias as Record<string, string | false>),
      loopwright$: ownPath('loops/define/index'),
      'loopwright/workflow$': ownPath('workflows/blocks'),
      '@temporalio/workflow': packageFolder('@temporalio/workflow'),
      '@temporalio/common': packageFolder('@temporalio/common'),
    },
  },
});

function packageFolder(name: string): string {
  return dirname(own.resolve(join(name, 'package.json')));
}
