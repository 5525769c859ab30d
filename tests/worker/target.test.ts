import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noServerAt } from '../../worker/cluster/target.ts';
import { freePort } from '../../worker/temporal/ports.ts';
import { LoopwrightProcess, plainEnvironment } from '../support/crash-process.ts';
import { loopText, plantFiles } from '../support/planted-loops.ts';

test('`up` that starts no server because TEMPORAL_ADDRESS names one that does not answer says so', async () => {
  const cwd = await plantFiles({ 'hello/loop.ts': loopText('hello') });
  const address = `127.0.0.1:${await freePort()}`;
  const run = new LoopwrightProcess(['up', '--loops', '.'], plainEnvironment({ TEMPORAL_ADDRESS: address }), { cwd });
  expect(await run.ended).toMatchObject({ code: 1 });
  expect(run.stderr).toBe(
    `No Temporal server answers at ${address}, which TEMPORAL_ADDRESS names. Start that one, or unset TEMPORAL_ADDRESS to let \`loopwright up\` start a server.\n`,
  );
}, 60_000);

test('an address of a profile is said to be one, and an address that nobody named is not', async () => {
  const folder = await plantFiles({ 'temporal.toml': '[profile.default]\naddress = "127.0.0.1:1"\n' });
  const env = { TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml') };
  expect(noServerAt(env, '127.0.0.1:1')).toContain("which a profile of Temporal's configuration (temporal.toml) names");
  const nobodys = 'No Temporal server answers at 127.0.0.1:2. Start everything with `loopwright up`';
  expect(noServerAt(env, '127.0.0.1:2')).toContain(nobodys);
  expect(noServerAt({ TEMPORAL_CONFIG_FILE: '/nowhere.toml' }, '127.0.0.1:2')).toContain(nobodys);
});
