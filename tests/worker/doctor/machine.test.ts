import { expect, test } from 'vitest';
import { machineChecks } from '../../../worker/doctor/machine.ts';
import { program, temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { findings, settings } from './fixtures/settings.ts';

/** A machine that has these programs and nothing else. */
async function look(programs: Readonly<Record<string, string>>) {
  const PATH = await temporaryFolder();
  for (const [name, script] of Object.entries(programs)) await program(PATH, name, script);
  return await findings(machineChecks(await settings({ env: { PATH } })));
}

test('what is not there is a warning, for no loop needs it to start', async () => {
  const found = await look({});
  expect(found['python3 and pip']?.finding).toMatchObject({ kind: 'warn', saw: 'python3 is not on PATH' });
  expect(found['sandbox']?.finding).toMatchObject({ kind: 'warn', saw: 'bwrap is not on PATH' });
});

test('python3 without pip is told from none', async () => {
  const found = await look({ python3: 'echo "/usr/bin/python3: No module named pip" >&2; exit 1' });
  expect(found['python3 and pip']?.finding).toMatchObject({
    kind: 'warn',
    saw: '/usr/bin/python3: No module named pip',
  });
});

test('a bubblewrap that may make no namespaces is a warning in its own words', async () => {
  const found = await look({ bwrap: 'echo "bwrap: No permissions to create new namespace" >&2; exit 1' });
  expect(found['sandbox']?.finding).toMatchObject({
    kind: 'warn',
    saw: 'bwrap does not run: bwrap: No permissions to create new namespace',
  });
});

test('what runs is all right', async () => {
  const found = await look({ python3: 'echo "pip 25.1 from /usr/lib/pip (python 3.13)"', bwrap: 'exit 0' });
  expect(found['python3 and pip']?.finding).toEqual({ kind: 'ok', saw: 'pip 25.1, python 3.13' });
  expect(found['sandbox']?.finding).toEqual({ kind: 'ok', saw: 'bubblewrap runs' });
});
