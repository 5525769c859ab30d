import { cacheFolder } from '../../worker/temporal/cache-folder.ts';
import { findTemporal } from '../../worker/temporal/find.ts';
import { hooks } from './hooks.ts';

/** Lives a burst and prints what became of it. Exits 1 where a webhook was lost or made two runs. */
export async function benchHooks(options: {
  readonly webhooks: number;
  readonly awayMs: number;
  readonly json: boolean;
}): Promise<number> {
  const { json, ...burst } = options;
  const report = console.error;
  const { path } = await findTemporal({ env: process.env, cacheDir: cacheFolder(process.env), report });
  const result = await hooks({ ...burst, cliPath: path, report });
  if (json) console.log(JSON.stringify(result));
  else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(12)}${JSON.stringify(value)}`);
  const right = result.runs === result.webhooks && result.twice === 0 && result.effects === result.webhooks;
  return right ? 0 : 1;
}
