import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { fetchedChecks } from '../../../worker/doctor/fetched.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { findings, settings } from './fixtures/settings.ts';

test('what is not here is a warning, and looking fetches nothing', async () => {
  const plain = await settings({ env: { PATH: await temporaryFolder() } });
  const found = await findings(fetchedChecks(plain));
  expect(found['Temporal CLI']?.finding).toMatchObject({
    kind: 'warn',
    saw: expect.stringMatching(/^not here \(temporal on PATH: not there; cached copy: /),
  });
  expect(found['Temporal CLI']?.finding).toHaveProperty('mend');
  expect(found["learner's weights"]?.finding).toMatchObject({
    kind: 'warn',
    saw: expect.stringContaining('model.onnx is missing'),
  });
  expect(await readdir(plain.cacheDir)).toEqual([]);
});

test('a Temporal CLI that is here is named with its version', async () => {
  const env = { TEMPORAL_CLI_PATH: inject('temporalCli') };
  const found = await findings(fetchedChecks(await settings({ env })));
  expect(found['Temporal CLI']?.finding).toMatchObject({
    kind: 'ok',
    saw: expect.stringMatching(/^\d+\.\d+\.\d+\S* at \//),
  });
});

test('a TEMPORAL_CLI_PATH that names nothing is a failure, which --fix leaves alone', async () => {
  const env = { TEMPORAL_CLI_PATH: join(await temporaryFolder(), 'none') };
  const found = await findings(fetchedChecks(await settings({ env })));
  expect(found['Temporal CLI']?.finding).toMatchObject({ kind: 'fail', fix: 'correct or unset TEMPORAL_CLI_PATH' });
  expect(found['Temporal CLI']?.finding).not.toHaveProperty('mend');
});

test('a --fix that cannot fetch the weights says why, and the warning stays', async () => {
  const lines: string[] = [];
  const env = { PATH: await temporaryFolder(), HF_HUB_OFFLINE: '1' };
  const [, weights] = fetchedChecks(await settings({ env }));
  const found = await findings(weights === undefined ? [] : [weights], (text) => lines.push(text));
  expect(found["learner's weights"]).toMatchObject({
    finding: { kind: 'warn' },
    did: 'could not be fixed: python3 was not found on PATH; nor from the model hub: HF_HUB_OFFLINE is set',
  });
  expect(lines).toEqual([expect.stringContaining('downloading the weights')]);
});

test('a folder that LOOPWRIGHT_WEIGHTS names in vain is told', async () => {
  const env = { LOOPWRIGHT_WEIGHTS: await temporaryFolder() };
  const found = await findings(fetchedChecks(await settings({ env })));
  expect(found["learner's weights"]?.finding).toMatchObject({
    kind: 'warn',
    saw: expect.stringContaining(`the given folder ${env.LOOPWRIGHT_WEIGHTS} is not used`),
  });
});
