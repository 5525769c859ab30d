import { cacheFolder } from '../../worker/temporal/cache-folder.ts';
import { findTemporal } from '../../worker/temporal/find.ts';
import { MOVES, rollback } from './rollback.ts';

/** Longest that new runs may take the version that was taken back, in milliseconds. */
const LONGEST_MS = 1000;

/** Goes back under a stream of starts and prints what became of it; 1 where a run was lost, strayed, or took the wrong version for longer than a second. */
export async function benchRollback({ runs, json }: { runs: number; json: boolean }): Promise<number> {
  const { env } = process;
  const { path } = await findTemporal({ env, cacheDir: cacheFolder(env), report: console.error });
  const result = await rollback({ cliPath: path, runs, perSecond: 10, report: console.error });
  if (json) console.log(JSON.stringify(result));
  else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(20)}${JSON.stringify(value)}`);
  const { lost, strays, moves, afterRollbackMs } = result;
  return lost === 0 && strays === 0 && moves === MOVES && afterRollbackMs <= LONGEST_MS ? 0 : 1;
}
