import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { DATABASE_FILE, openStore } from '../../../store/index.ts';
import { filesIn } from '../../../worker/files.ts';
import { backUp } from '../../../worker/keep/backup.ts';
import { restore } from '../../../worker/keep/restore.ts';
import { contentsOf, lessonOf, runOf } from '../../store/samples.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';

const AT = Date.UTC(2026, 10, 27);
const now = () => AT;

/** A data folder with a closed run, one that is open, and a report; its owner is at work. */
async function dataFolder() {
  const folder = await temporaryFolder();
  const data = join(folder, 'data');
  const store = await openStore(data, process.pid);
  let open = true;
  const close = async () => {
    if (open) await store.close();
    open = false;
  };
  onTestFinished(close);
  await store.runs.open(runOf('r1'));
  await store.runs.close({
    runKey: 'r1',
    outcome: 'accepted',
    reason: 'done',
    closedAt: 2000,
    lessons: [lessonOf('r1', 'l')],
  });
  await store.runs.open(runOf('r2'));
  await filesIn(join(data, 'reports')).write('week.md', '# Week');
  await writeFile(join(data, 'vectors.db'), 'a cache');
  const target = join(folder, 'backup');
  const options = { data, target, force: false, version: '1.2.3', now };
  return { folder, data, target, store, close, options };
}

test('a backup is of one moment, beside a writer at work, and comes back as it was', async () => {
  const { folder, data, target, store, options } = await dataFolder();
  const kept = await contentsOf(store);
  const writer = new DatabaseSync(join(data, DATABASE_FILE));
  writer.exec(`begin immediate; insert into outbox (topic, key, body) values ('t', 'k', '1')`);
  const manifest = await backUp(options);
  writer.exec('commit');
  writer.close();
  expect(manifest).toMatchObject({
    format: 1,
    madeBy: '1.2.3',
    at: AT,
    store: { counts: { lessons: 1 }, openRuns: [{ workflowId: 'triage-r2', loop: 'triage' }], begunEffects: 0 },
  });
  expect(manifest.files.map(({ path }) => path)).toEqual([DATABASE_FILE, 'reports/week.md']);
  expect((await readdir(folder)).toSorted()).toEqual(['backup', 'data']);
  for (const path of [DATABASE_FILE, 'reports/week.md', 'manifest.json'])
    expect((await stat(join(target, path))).mode & 0o777).toBe(0o600);

  const restored = join(folder, 'restored');
  expect(await restore({ backup: target, data: restored, force: false, now })).toEqual({ manifest, doubtful: 1 });
  expect(await readFile(join(restored, 'reports', 'week.md'), 'utf8')).toBe('# Week');
  const again = await openStore(restored, process.pid);
  onTestFinished(() => again.close());
  const { doubts, ...contents } = await contentsOf(again);
  expect(doubts).toHaveLength(1);
  expect({ ...contents, doubts: [] }).toEqual(kept);
});

test('whoever was signed in when a backup was made is not signed in to what is restored of it', async () => {
  const { folder, target, store, options } = await dataFolder();
  await store.users.add({ name: 'ada', roles: [], scopes: ['read'] }, { by: 'owner', at: 1 });
  await store.sessions.open({ idHash: 's1', user: 'ada', at: AT });
  await backUp(options);
  const restored = join(folder, 'restored');
  await restore({ backup: target, data: restored, force: false, now });
  const again = await openStore(restored, process.pid);
  onTestFinished(() => again.close());
  expect(await again.sessions.find('s1')).toMatchObject({ session: { endedAt: AT } });
  expect(await again.users.list()).toMatchObject([{ name: 'ada' }]);
});

test('a backup takes the place of another only when told to, and of nothing else ever', async () => {
  const { options, target, data } = await dataFolder();
  await backUp(options);
  await expect(backUp(options)).rejects.toMatchObject({ exitCode: 5, message: expect.stringMatching(/--force/) });
  await backUp({ ...options, force: true });
  await expect(backUp({ ...options, target: data, force: true })).rejects.toMatchObject({ exitCode: 5 });
  await expect(backUp({ ...options, data: `${data}-none`, force: true })).rejects.toMatchObject({ exitCode: 3 });
  expect(await readFile(join(target, 'manifest.json'), 'utf8')).toContain('"format": 1');
});

test('what cannot be written leaves nothing', async () => {
  const { folder, options } = await dataFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(backUp({ ...options, target: join(folder, 'file', 'backup') })).rejects.toThrow(/ENOTDIR/);
  expect((await readdir(folder)).toSorted()).toEqual(['data', 'file']);
});

test('a folder that is in use, or not empty, is not overwritten', async () => {
  const { folder, data, target, options, close } = await dataFolder();
  await backUp(options);
  const back = { backup: target, data, now };
  await expect(restore({ ...back, force: true })).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringMatching(/in use by process \d+/),
  });
  await close();
  await expect(restore({ ...back, force: false })).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringMatching(/not empty/),
  });
  const { aside } = await restore({ ...back, force: true });
  expect(await readFile(join(aside ?? '', 'vectors.db'), 'utf8')).toBe('a cache');
  expect((await readdir(data)).toSorted()).not.toContain('vectors.db');
  expect((await readdir(folder)).some((name) => name.includes('partial'))).toBe(false);
});

test.each([
  ['a changed byte', async (path: string) => writeFile(path, `${await readFile(path, 'utf8')} `), /is not what it was/],
  [
    'a newer store',
    async (_report: string, database: string, manifest: string) => {
      const file = new DatabaseSync(database);
      file.exec(`insert into kysely_migration (name, timestamp) values ('0099-future', '2030')`);
      file.close();
      const text = JSON.parse(await readFile(manifest, 'utf8')) as { files: { path: string; sha256: string }[] };
      const { summed } = await import('../../../worker/keep/kept-files.ts');
      text.files[0] = await summed(join(database, '..'), DATABASE_FILE);
      await writeFile(manifest, JSON.stringify(text));
    },
    /newer Loopwright \(it has migration 0099-future\)/,
  ],
  [
    'a file too few',
    (path: string) => chmod(path, 0o600).then(async () => (await import('node:fs')).rmSync(path)),
    /not whole/,
  ],
  [
    'a path that leads out',
    async (_report: string, _database: string, manifest: string) =>
      writeFile(manifest, (await readFile(manifest, 'utf8')).replace('reports/week.md', '../week.md')),
    /expected a path inside the backup/,
  ],
])('a backup with %s is refused, and nothing is made of it', async (_what, damage, message) => {
  const { folder, target, options } = await dataFolder();
  await backUp(options);
  await damage(join(target, 'reports', 'week.md'), join(target, DATABASE_FILE), join(target, 'manifest.json'));
  const data = join(folder, 'new');
  await expect(restore({ backup: target, data, force: false, now })).rejects.toThrow(message);
  await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('where there is no backup, it says so', async () => {
  const folder = await temporaryFolder();
  await expect(restore({ backup: folder, data: join(folder, 'new'), force: false, now })).rejects.toMatchObject({
    exitCode: 3,
  });
});
