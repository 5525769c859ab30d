import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { DATABASE_FILE, openStore } from '../../../store/index.ts';
import { dataFolderChecks } from '../../../worker/doctor/data-folder.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { findings, settings } from './fixtures/settings.ts';

const HOLDER = fileURLToPath(new URL('../../store/fixtures/hold-store.ts', import.meta.url));

async function look(data: string, mend?: () => void) {
  return await findings(dataFolderChecks(await settings({ data })), mend);
}

/** A data folder with a store that nobody has open. */
async function used(): Promise<string> {
  const folder = await temporaryFolder();
  await (await openStore(folder, process.pid)).close();
  return folder;
}

test('a missing folder is a warning, and looking does not make it', async () => {
  const data = join(await temporaryFolder(), 'deep', 'data');
  const found = await look(data);
  expect(found['data folder']?.finding).toMatchObject({
    kind: 'warn',
    saw: `${data} is not there yet`,
    command: `loopwright up --data ${data}`,
  });
  expect(found['store']?.finding.kind).toBe('skipped');
  expect(found['disk']?.finding.kind).toBe('ok');
  await expect(stat(data)).rejects.toThrow('ENOENT');
});

test('--fix makes it', async () => {
  const data = join(await temporaryFolder(), 'deep', 'data');
  expect((await look(data, () => {}))['data folder']).toEqual({
    name: 'data folder',
    finding: { kind: 'ok', saw: `${data} is writable` },
    did: `made ${data}`,
  });
});

test('a file in its place is a failure', async () => {
  const data = join(await temporaryFolder(), 'data');
  await writeFile(data, '');
  expect((await look(data))['data folder']?.finding).toMatchObject({ kind: 'fail', saw: `${data} is a file` });
});

test('a store that nobody has open is readable, and is left as it was', async () => {
  const data = await used();
  const before = await readdir(data);
  const { finding } = (await look(data))['store'] ?? {};
  expect(finding?.saw).toMatch(/^readable, schema \d{4}-\S+, nobody has it open$/);
  expect((await readdir(data)).filter((name) => !/-(?:wal|shm)$/.test(name))).toEqual(
    before.filter((name) => !/-(?:wal|shm)$/.test(name)),
  );
});

test('a store that another process owns is named with that process, and can be looked at while it is in use', async () => {
  const data = await temporaryFolder();
  const owner = spawn(process.execPath, [HOLDER, data], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void owner.kill('SIGKILL'));
  await once(owner.stdout, 'data');
  const { finding } = (await look(data))['store'] ?? {};
  expect(finding).toMatchObject({ kind: 'ok', saw: expect.stringContaining(`process ${owner.pid} has it open`) });
});

test('a store of a newer program is a failure that names what this one lacks', async () => {
  const data = await used();
  const database = new DatabaseSync(join(data, DATABASE_FILE));
  database.exec(`insert into kysely_migration (name, timestamp) values ('9999-later', '')`);
  database.close();
  expect((await look(data))['store']?.finding).toMatchObject({
    kind: 'fail',
    saw: expect.stringContaining('newer Loopwright: it has migration 9999-later'),
    fix: expect.stringContaining('upgrade'),
  });
});

test('a store that is no database is a failure', async () => {
  const data = await temporaryFolder();
  await writeFile(
    join(data, DATABASE_FILE),
    'this is no database, and it is longer than its header would be '.repeat(20),
  );
  expect((await look(data))['store']?.finding).toMatchObject({
    kind: 'fail',
    saw: expect.stringContaining('file is not a database'),
  });
});
