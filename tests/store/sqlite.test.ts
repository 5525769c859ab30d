import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { DATABASE_FILE, openStore } from '../../store/index.ts';
import { assertSqliteVersion } from '../../store/sqlite.ts';
import { lookingConformance } from './looking-conformance.ts';
import { approvalConformance } from './approval-conformance.ts';
import { storeConformance, type OpenEmptyStore } from './conformance.ts';
import { accessConformance } from './access-conformance.ts';
import { harnessConformance } from './harness-conformance.ts';
import { inboxConformance } from './inbox-conformance.ts';
import { ledgerConformance } from './ledger-conformance.ts';
import { noticesConformance } from './notices-conformance.ts';
import { recordConformance } from './record-conformance.ts';
import { startsConformance } from './starts-conformance.ts';
import { workConformance } from './work-conformance.ts';

const open: OpenEmptyStore = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-store-'));
  const store = await openStore(folder, process.pid);
  return {
    store,
    dispose: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

storeConformance('SQLite', open);
workConformance('SQLite', open);
ledgerConformance('SQLite', open);
harnessConformance('SQLite', open);
inboxConformance('SQLite', open);
accessConformance('SQLite', open);
noticesConformance('SQLite', open);
recordConformance('SQLite', open);
approvalConformance('SQLite', open);
startsConformance('SQLite', open);
lookingConformance('SQLite', open);

test('a SQLite that can lose acknowledged commits is refused', () => {
  for (const old of ['3.51.2', '3.50.9', '3.9.9', '2.99.99'])
    expect(() => assertSqliteVersion(old)).toThrow(`Expected SQLite 3.51.3 or newer, got ${old}`);
  for (const fine of ['3.51.3', '3.52.0', '3.100.0', '4.0.0']) expect(() => assertSqliteVersion(fine)).not.toThrow();
});

test('a database that a newer program wrote is refused, and left to others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-newer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await (await openStore(folder, process.pid)).close();
  const change = (statement: string) => {
    const database = new DatabaseSync(join(folder, DATABASE_FILE));
    database.exec(statement);
    database.close();
  };
  change(`insert into kysely_migration (name, timestamp) values ('0099-future', '2030-01-01')`);
  await expect(openStore(folder, process.pid)).rejects.toMatchObject({
    type: 'StoreUnavailable',
    message: expect.stringMatching(/newer Loopwright \(it has migration 0099-future\)/) as unknown,
  });
  change(`delete from kysely_migration where name = '0099-future'`);
  await (await openStore(folder, process.pid)).close();
});

test('a database that has a later migration than one it lacks gets that one too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-order-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await (await openStore(folder, process.pid)).close();
  const database = new DatabaseSync(join(folder, DATABASE_FILE));
  database.exec(`drop table starts; delete from kysely_migration where name = '0015-starts'`);
  database.close();
  const store = await openStore(folder, process.pid);
  expect(await store.starts.find('sha256:o')).toBeUndefined();
  await store.close();
});

test('what loops ask of the store cannot write', async () => {
  const { store, dispose } = await open();
  onTestFinished(dispose);
  await expect(store.facts.query('delete from runs')).rejects.toThrow(/readonly/);
});

test('a migration that fails leaves a database as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-half-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const tables = (change = '') => {
    const database = new DatabaseSync(join(folder, DATABASE_FILE));
    database.exec(change);
    const rows = database.prepare(`select name from sqlite_master where type = 'table'`).all();
    database.close();
    return rows.map(({ name }) => name);
  };
  expect(tables('create table alerts (mine text)')).toEqual(['alerts']);
  await expect(openStore(folder, process.pid)).rejects.toThrow(/alerts already exists/);
  expect(tables()).toEqual(['alerts']);
  tables('drop table alerts');
  await (await openStore(folder, process.pid)).close();
});
