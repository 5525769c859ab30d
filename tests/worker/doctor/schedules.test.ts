import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { openStore } from '../../../store/index.ts';
import type { Finding } from '../../../worker/doctor/check.ts';
import { schedulesCheck } from '../../../worker/doctor/schedules.ts';
import { serverFinder } from '../../../worker/doctor/server.ts';
import { readSchedulesFile } from '../../../worker/schedules/schedules-file.ts';
import { Lab } from '../schedules/lab.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { findings, settings } from './fixtures/settings.ts';

async function look(text: string | undefined, data: string): Promise<Finding | undefined> {
  const file = join(await temporaryFolder(), 'schedules.yaml');
  if (text !== undefined) await writeFile(file, text);
  const env = { TEMPORAL_ADDRESS: inject('temporal'), PATH: process.env['PATH'] };
  const all = await settings({ env, data });
  const finder = serverFinder({ ...all, timeoutMs: 5000 });
  const read = await readSchedulesFile(text === undefined ? {} : { LOOPWRIGHT_SCHEDULES: file });
  const found = await findings([schedulesCheck(all, read, finder)]);
  await finder.close();
  return found['schedules']?.finding;
}

const yaml = (lab: Lab, every: string) =>
  `project: ${lab.project}\nschedules:\n  ${lab.id('hourly')}: { loop: nobody, every: ${every}, overlap: skip, catchup: 1 minute }\n`;

test('`doctor` says whether schedules are as their file says, and fails where one is late or the file is broken', async () => {
  const lab = await Lab.open();
  const data = await temporaryFolder();
  expect(await look(undefined, data)).toMatchObject({
    kind: 'ok',
    saw: expect.stringMatching(/nothing of ours starts/) as unknown,
  });
  expect(await look(yaml(lab, 'soon'), data)).toMatchObject({
    kind: 'fail',
    saw: expect.stringMatching(/schedules\.yaml:3: /) as unknown,
  });
  expect(await look(yaml(lab, '1 hour'), data)).toMatchObject({
    kind: 'warn',
    saw: expect.stringMatching(/^1 of 1 are not in Temporal/) as unknown,
    command: `loopwright schedule diff --data ${data}`,
  });
  await lab.apply(lab.file({ hourly: { every: '1 hour' } }));
  expect(await look(yaml(lab, '1 hour'), data)).toMatchObject({
    kind: 'ok',
    saw: expect.stringMatching(/^1 in Temporal/) as unknown,
  });

  const store = await openStore(data, process.pid);
  const alert = { key: 'late:x', kind: 'late', about: 'x', text: 'Schedule x is LATE', raisedAt: 1 } as const;
  await store.alerts.raise(alert);
  // While its owner has it open, as it mostly is.
  expect(await look(yaml(lab, '1 hour'), data)).toMatchObject({ kind: 'fail', saw: alert.text });
  await store.alerts.clear('late:x', 2);
  await store.close();
  expect(await look(yaml(lab, '1 hour'), data)).toMatchObject({ kind: 'ok' });
});
