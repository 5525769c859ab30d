import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Screen } from '../../worker/demo/screen.ts';
import { withRuntime } from '../../worker/runtime.ts';
import { cacheFolder } from '../../worker/temporal/cache-folder.ts';
import { learning, type LearningResult } from './learning.ts';

/** Messages after which `improve` looks for a change. */
const IMPROVE_AFTER = [1000, 2000, 3000, 4500, 6000, 8000];

/** What has to hold, where the stream went so far. */
const LEAST_HELD_OUT = new Map([
  [1000, 0.77],
  [3000, 0.87],
  [10_000, 0.91],
]);

/** Measures the learning curve and prints it. 1 where it is not what it has to be, 2 where BANKING77 is not there. */
export async function benchLearning(options: {
  readonly messages: number;
  readonly bare: boolean;
  readonly json: boolean;
}): Promise<number> {
  const { env } = process;
  const folder = join(env['LOOPWRIGHT_DATASETS'] ?? '', 'banking77');
  if (
    !(await access(join(folder, 'stream.csv')).then(
      () => true,
      () => false,
    ))
  ) {
    console.error(
      'Expected `LOOPWRIGHT_DATASETS` to be a folder with banking77/stream.csv and banking77/heldout.csv (columns text, intent).',
    );
    return 2;
  }
  const screen = new Screen(process.stderr);
  const improveAfter = options.bare ? [] : IMPROVE_AFTER;
  const { messages } = options;
  const result = await withRuntime(() => learning({ env, cacheDir: cacheFolder(env), messages, improveAfter, screen }));
  if (options.json) console.log(JSON.stringify(result));
  else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(14)}${JSON.stringify(value)}`);
  const wrong = missed(result);
  for (const line of wrong) console.error(line);
  return wrong.length === 0 ? 0 : 1;
}

/** What does not hold, in words. How often people are asked is a matter of the whole stream: it falls as the loop learns. */
function missed({ messages, heldOut, asked, rightAlone, worstThousand }: LearningResult): string[] {
  const wrong = heldOut.flatMap(({ after, accuracy }) => {
    const least = LEAST_HELD_OUT.get(after) ?? 0;
    return accuracy < least
      ? [`Expected held-out accuracy after ${after} to be at least ${least}, got ${accuracy}.`]
      : [];
  });
  if (rightAlone < 0.95) wrong.push(`Expected \`rightAlone\` to be at least 0.95, got ${rightAlone}.`);
  if (worstThousand < 0.92) wrong.push(`Expected \`worstThousand\` to be at least 0.92, got ${worstThousand}.`);
  if (messages >= 10_000 && asked > 0.4) wrong.push(`Expected \`asked\` to be at most 0.4, got ${asked}.`);
  return wrong;
}
