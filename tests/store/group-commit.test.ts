import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { groupCommit } from '../../store/group-commit.ts';
import { openDatabase } from '../../store/sqlite.ts';

async function database() {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-group-'));
  const opened = await openDatabase(join(folder, 'group.db'));
  onTestFinished(async () => {
    await opened.destroy();
    await rm(folder, { recursive: true, force: true });
  });
  const kept = async () =>
    (await opened.selectFrom('outbox').select('key').orderBy('key').execute()).map(({ key }) => key);
  const put = (key: string) => (transaction: typeof opened) =>
    transaction.insertInto('outbox').values({ topic: 't', key, body: '1' }).execute();
  return { opened, write: groupCommit(opened), kept, put };
}

test('one that fails among writes that share a commit undoes itself alone', async () => {
  const { write, kept, put } = await database();
  const halfDone = write(async (transaction) => {
    await put('half')(transaction);
    throw new Error('no');
  });
  const results = await Promise.allSettled([write(put('a')), halfDone, write(put('a')), write(put('b'))]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ message: 'no' });
  expect(await kept()).toEqual(['a', 'b']);
});

test('each write hears its own answer, and a later one sees an earlier one of the same commit', async () => {
  const { write, put } = await database();
  const count = (transaction: Parameters<Parameters<typeof write>[0]>[0]) =>
    transaction
      .selectFrom('outbox')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
  const [first, , second] = await Promise.all([write(count), write(put('a')), write(count)]);
  expect([first.n, second.n]).toEqual([0, 1]);
});

test('after a failure the next writes go on', async () => {
  const { write, kept, put } = await database();
  await expect(write(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await write(put('after'));
  expect(await kept()).toEqual(['after']);
});
