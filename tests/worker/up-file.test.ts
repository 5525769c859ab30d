import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readyLine } from '../../worker/ready.ts';
import { runningAddress, writeUpFile } from '../../worker/cluster/up-file.ts';
import { temporaryFolder } from './temporal/fixtures/temporary.ts';

test('whoever reads where an `up` is while another takes its place reads the one or the other, whole', async () => {
  const data = await temporaryFolder();
  const ready = (temporal: string) =>
    readyLine({
      temporal,
      gateway: 'http://127.0.0.1:7733',
      namespace: 'default',
      data,
      loops: new Map([['hello', {}]]),
    });
  const first = ready('127.0.0.1:7001');
  await writeUpFile(data, first);
  const reader = await open(join(data, 'up.json'));
  onTestFinished(() => reader.close());
  await writeUpFile(data, ready('127.0.0.1:7002'));
  expect(JSON.parse(await reader.readFile('utf8'))).toEqual(first);
  expect(await runningAddress(data)).toBe('127.0.0.1:7002');
  expect(await readdir(data)).toEqual(['up.json']);
});
