import { Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { positive } from './options.ts';

interface Options {
  readonly messages: number;
  readonly data?: string;
  readonly keep: boolean;
  readonly json: boolean;
  readonly input: boolean;
}

/** `loopwright demo`: the main job on real input. */
export function demoCommand({ env, cacheDir, print }: CommandContext): Command {
  return new Command('demo')
    .description('run the main job on real customer messages, keyless, with a crash in the middle')
    .option('--messages <n>', 'how many messages', positive, 1000)
    .option('--data <dir>', 'data folder (default: one that goes when the demo ends)')
    .option('--keep', 'leave everything up at the end, with its data', false)
    .option('--json', 'print one JSON object last, and wait for nobody', false)
    .option('--no-input', 'wait for nobody')
    .action(async ({ messages, data, keep, json, input }: Options) => {
      const [{ demo }, { Screen }, { withRuntime }] = await Promise.all([
        import('../demo/demo.ts'),
        import('../demo/screen.ts'),
        import('../runtime.ts'),
      ]);
      const interactive = !json && input && process.stdin.isTTY && process.stderr.isTTY;
      const base = { env, cacheDir, messages, keep, interactive, screen: new Screen(process.stderr) };
      const summary = await withRuntime(() => demo(data === undefined ? base : { ...base, data }));
      if (json) print(JSON.stringify(summary));
    });
}
