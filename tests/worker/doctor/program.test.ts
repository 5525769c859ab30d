import { expect, test } from 'vitest';
import { node, programChecks } from '../../../worker/doctor/program.ts';
import { program, temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { findings, settings } from './fixtures/settings.ts';

test('what this runs on is good enough', async () => {
  const found = await findings(programChecks(await settings()));
  expect(Object.entries(found).filter(([, { finding }]) => finding.kind !== 'ok')).toEqual([]);
  expect(found['SQLite']?.finding.saw).toMatch(/^3\.\d+\.\d+ in node:sqlite$/);
});

test.each(['v24.17.9', 'v22.30.0', 'v20.20.2'])('refuses Node %s', async (version) => {
  expect(await node(version, '/usr/bin/node', { env: {}, cacheDir: '/cache' })).toMatchObject({
    kind: 'fail',
    saw: `${version} at /usr/bin/node; expected 24.18 or newer`,
  });
});

test.each(['v24.18.0', 'v25.0.0'])('takes Node %s', async (version) => {
  expect(await node(version, '/usr/bin/node', { env: {}, cacheDir: '/cache' })).toEqual({
    kind: 'ok',
    saw: `${version} at /usr/bin/node`,
  });
});

test('says when the launcher took another Node than the one on PATH', async () => {
  const folder = await temporaryFolder();
  await program(folder, 'node', 'echo v20.1.0');
  const machine = { env: { PATH: folder }, cacheDir: '/cache' };
  expect(await node('v24.21.0', '/app/node_modules/node/bin/node', machine)).toEqual({
    kind: 'ok',
    saw: 'v24.21.0 from the package `node`, taken by the launcher (the one on PATH is v20.1.0)',
  });
  expect(await node('v24.21.0', '/cache/node-24.21.0-linux-x64/node', machine)).toEqual({
    kind: 'ok',
    saw: 'v24.21.0 fetched by the launcher (the one on PATH is v20.1.0)',
  });
});
