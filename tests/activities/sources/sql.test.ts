import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { sql, type SqlOptions } from '../../../loops/define/index.ts';
import { asked, folderWith } from './local.ts';

const refused = (message: string | RegExp) => ({ kind: 'refused', message: expect.stringMatching(message) });
const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n';

let folder: string;
beforeEach(() => {
  folder = folderWith({});
  const database = new DatabaseSync(join(folder, 'shop.db'));
  database.exec('create table orders (id integer, customer text, total real, big integer, photo blob)');
  const insert = database.prepare('insert into orders values (?, ?, ?, ?, ?)');
  for (let id = 1; id <= 5; id += 1) insert.run(id, id % 2 ? 'ada' : 'bob', id * 1.5, 2n ** 60n, new Uint8Array(3));
  database.close();
});
const select = <I>(query: string, more: Partial<SqlOptions<I>> = {}) =>
  sql<I>({ database: 'shop.db', query, why: 'what was ordered', ...more });
const run = <I>(query: string, input: I, more: Partial<SqlOptions<I>> = {}) =>
  asked(select(query, more), input, folder);

describe('sql', () => {
  test('gives rows as lines of JSON, numbers that JSON cannot say as texts, bytes as how many', async () => {
    const query = 'select id, total, big, photo from orders where customer = ? order by id limit 2';
    expect(await run(query, 'ada', { parameters: (input) => [input] })).toEqual([
      {
        text: '{"id":1,"total":1.5,"big":"1152921504606846976","photo":"(3 bytes)"}\n{"id":3,"total":4.5,"big":"1152921504606846976","photo":"(3 bytes)"}',
      },
    ]);
    expect(await run('select 1 where 0; -- none', {})).toEqual([{ text: '(no rows)' }]);
  });

  test('binds what comes from an input, and it stays a value', async () => {
    const parameters = (input: unknown) => [input as string];
    const query = 'select id from orders where customer = ?';
    expect(await run(query, "ada' or 1=1 --", { parameters })).toEqual([{ text: '(no rows)' }]);
    for (const input of [{ a: 1 }, true, undefined, Number.NaN])
      await expect(run(query, input as unknown, { parameters })).rejects.toMatchObject(
        refused('expected `parameters`'),
      );
  });

  test('leaves out rows that are too many or too long, and says so', async () => {
    expect(await run('select id from orders', {}, { maxRows: 2 })).toEqual([
      { text: '{"id":1}\n{"id":2}\n[the first 2 rows; there are more]', incomplete: 'the first 2 rows' },
    ]);
    expect(await run('select id from orders', {}, { maxBytes: 20 })).toMatchObject([
      { incomplete: 'the first 2 rows' },
    ]);
    expect(await run('select id from orders', {}, { maxRows: 5 })).not.toMatchObject([
      { incomplete: expect.any(String) },
    ]);
  });

  test('that is no SELECT, or more than one, is refused, and the file stays as it is', async () => {
    const before = readFileSync(join(folder, 'shop.db'));
    const statements = [
      'delete from orders',
      'with gone as (select 1) delete from orders',
      "attach 'other.db' as other",
      'pragma journal_mode = wal',
      "select * from pragma_table_info('orders')",
      'select 1; delete from orders',
      "select load_extension('x')",
      'select nothing from orders',
      'selec',
    ];
    await Promise.all(
      statements.map((query) => expect(run(query, {}), query).rejects.toMatchObject({ kind: 'refused' })),
    );
    expect(readFileSync(join(folder, 'shop.db'))).toEqual(before);
  });

  test('a query that never ends is killed: when it is late, and when the run is cancelled', async () => {
    await expect(run(ENDLESS, {}, { timeoutMs: 400 })).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('not done after 400 ms'),
    });
    await expect(asked(select(ENDLESS), {}, folder, AbortSignal.timeout(200))).rejects.toThrow(/abort/i);
  });

  test('a file that is not there or no database is refused', async () => {
    await expect(run('select 1', {}, { database: 'none.db' })).rejects.toMatchObject(refused('`none.db` is not there'));
    const text = folderWith({ 'text.db': 'no database at all, but long enough to look at. '.repeat(40) });
    const source = sql({ database: 'text.db', query: 'select * from sqlite_schema', why: 'x' });
    await expect(asked(source, {}, text)).rejects.toMatchObject(refused('not a database'));
  });
});
