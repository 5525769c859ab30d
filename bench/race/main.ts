import { cacheFolder } from '../../worker/temporal/cache-folder.ts';
import { findTemporal } from '../../worker/temporal/find.ts';
import { race } from './race.ts';

/** Lets people race for approvals and prints who won; 1 where one had not exactly one winner, or somebody was not told. */
export async function benchRace({ approvals, json }: { approvals: number; json: boolean }): Promise<number> {
  const { env } = process;
  const { path } = await findTemporal({ env, cacheDir: cacheFolder(env), report: console.error });
  const result = await race({ cliPath: path, approvals, report: console.error });
  if (json) console.log(JSON.stringify(result));
  else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(12)}${JSON.stringify(value)}`);
  const { oneWinner, losers, told, decisions, effects } = result;
  return [oneWinner, decisions, effects].every((n) => n === approvals) && told === losers ? 0 : 1;
}
