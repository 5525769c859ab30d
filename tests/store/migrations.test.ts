import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { up } from '../../store/migrations/0016-approvals.ts';
import { up as addMoves } from '../../store/migrations/0023-harness-moves.ts';
import { up as addAnswers } from '../../store/migrations/0029-judge-answers.ts';

/** Versions of gates as the program before wrote them, each in a run of its own. */
const BEFORE = [
  `create table runs (run_key text primary key, loop text, closed_at integer)`,
  `create table gates (run_key text not null, gate text not null, digest text not null, opened_at integer not null)`,
  `create table decisions (run_key text, digest text, decision text, body text, at integer)`,
  `insert into runs values ('open','a',null), ('approved','a',9), ('cancelled','a',9), ('edited','a',null), ('failed','b',null)`,
  `insert into gates values ('open','m#1','o',1), ('approved','m#1','x',1), ('cancelled','m#1','c',1),
     ('edited','m#1','e1',1), ('edited','m#1','e2',3), ('failed','m#1','f',1)`,
  `insert into decisions values ('approved','x','approve','{}',5), ('edited','e1','revise','{"output":{}}',2),
     ('failed','f','revise','{"output":{}}',2)`,
];

test('gates of before say what became of them', async () => {
  const raw = await migrated(BEFORE, up);
  const rows = raw.prepare('select digest, loop, state, settled_at as at from gates order by digest').all();
  expect(rows.map(({ digest, loop, state, at }) => [digest, loop, state, at])).toEqual([
    ['c', 'a', 'cancelled', 9],
    ['e1', 'a', 'edited', 2],
    ['e2', 'a', 'open', null],
    // An edit that came to nothing: the version waits again.
    ['f', 'b', 'open', null],
    ['o', 'a', 'open', null],
    ['x', 'a', 'approved', 5],
  ]);
});

test('what judges said to traps before were answers about what people had refused', async () => {
  const raw = await migrated(
    [
      `create table trap_answers (loop text, stage text, judge text, run_key text, artefact text, let_through integer, among text, at integer)`,
      `insert into trap_answers values ('a','main','taste','r0','sha256:bad',1,'r1',5)`,
    ],
    addAnswers,
  );
  const [answer] = raw.prepare('select kind, input_of, let_through, orders_of, asked, at from judge_answers').all();
  expect({ ...answer }).toEqual({ kind: 'refused', input_of: 'r0', let_through: 1, orders_of: 0, asked: 'r1', at: 5 });
});

test('harnesses of before came from files, one after the other', async () => {
  const raw = await migrated(
    [
      `create table harnesses (loop text, version integer, digest text, source text, at integer)`,
      `create table harness_pointers (loop text primary key, version integer)`,
      `insert into harnesses values ('a',1,'d1','file',1), ('b',1,'e1','file',2), ('a',2,'d2','file',3)`,
      `insert into harness_pointers values ('a',2), ('b',1)`,
    ],
    addMoves,
  );
  const moves = raw.prepare('select loop, from_version as f, to_version as t, at from harness_moves order by id').all();
  expect(moves.map(({ loop, f, t, at }) => [loop, f, t, at])).toEqual([
    ['a', null, 1, 1],
    ['b', null, 1, 2],
    ['a', 1, 2, 3],
  ]);
  const pointers = raw.prepare('select file_digest as digest from harness_pointers order by loop').all();
  expect(pointers.map(({ digest }) => digest)).toEqual(['d2', 'e1']);
});

/** A database of a program before, taken to the next version. */
async function migrated(before: readonly string[], migrate: typeof up): Promise<DatabaseSync> {
  const raw = new DatabaseSync(':memory:');
  onTestFinished(() => raw.close());
  for (const statement of before) raw.exec(statement);
  const face = {
    close: () => {},
    prepare: (text: string) => {
      const statement = raw.prepare(text);
      return { reader: false, all: () => [], run: () => statement.run(), iterate: () => [] };
    },
  } as unknown as SqliteDatabase;
  await migrate(new Kysely({ dialect: new SqliteDialect({ database: face }) }));
  return raw;
}
