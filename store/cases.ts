import type { Insertable, Kysely, Selectable } from 'kysely';
import type { CaseListQuery, KeptCase, Slice } from '../contract/case.ts';
import type { Failure } from '../contract/cluster.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** Which cases of a loop. */
export interface CaseQuery {
  readonly loop: string;
  readonly slice?: Slice | undefined;
  readonly cluster?: string | undefined;
  readonly sealed?: boolean;
  readonly source?: KeptCase['source'] | undefined;
  /** Only cases that were added after this time, in milliseconds since 1970. */
  readonly since?: number;
}

/** What lessons of a loop came to. */
export interface Growth {
  readonly loop: string;
  /** Lessons up to this id were looked at. */
  readonly upTo: number;
  readonly cases: readonly KeptCase[];
  readonly failures: readonly Failure[];
}

/** What a loop is measured by. */
export interface Cases {
  /** Adds cases; one whose loop and id are known stays as it is. */
  add(cases: readonly KeptCase[]): Promise<void>;
  /** Records what lessons came to, and how far they were looked at, in one transaction; the same again changes nothing. */
  grow(growth: Growth): Promise<void>;
  /** Makes these the cases of the loop's file: what a line says replaces what is kept under its id, and cases whose line is gone go. */
  putFile(loop: string, cases: readonly KeptCase[]): Promise<void>;
  /** In the order in which they were added, without those that were erased. */
  list(query: CaseQuery): Promise<readonly KeptCase[]>;
  /** A page of them. */
  page(query: CaseListQuery): Promise<readonly KeptCase[]>;
  find(loop: string, id: string): Promise<KeptCase | undefined>;
  /** The newest cases of a loop, oldest first. */
  newest(loop: string, limit: number): Promise<readonly KeptCase[]>;
  /** Changes what a case is for. */
  move(loop: string, id: string, slice: Slice): Promise<void>;
  /** Id of the newest lesson of a loop that was looked at; 0 where none was. */
  grownTo(loop: string): Promise<number>;
}

/** Cases, in SQL. */
export function sqlCases({ read, write }: Database): Cases {
  return {
    add: (cases) => write((trx) => add(trx, cases)),
    grow: (growth) => write((trx) => grow(trx, growth)),
    putFile: (loop, cases) => write((trx) => putFile(trx, loop, cases)),
    list: (query) => list(read, query),
    async page({ after, limit, visible, ...query }) {
      const cases = await list(read, { ...query, ...(visible === true ? { sealed: false } : {}) });
      const from = after === undefined ? 0 : cases.findIndex(({ id }) => id === after) + 1;
      return cases.slice(from, from + limit);
    },
    async find(loop, id) {
      const row = await read
        .selectFrom('cases')
        .selectAll()
        .where('loop', '=', loop)
        .where('id', '=', id)
        .where('erased_at', 'is', null)
        .executeTakeFirst();
      return row && caseOf(row);
    },
    async newest(loop, limit) {
      const rows = await read
        .selectFrom('cases')
        .selectAll()
        .where('loop', '=', loop)
        .where('erased_at', 'is', null)
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.toReversed().map(caseOf);
    },
    move: (loop, id, slice) =>
      write(async (trx) => {
        await trx.updateTable('cases').set({ slice }).where('loop', '=', loop).where('id', '=', id).execute();
      }),
    async grownTo(loop) {
      const row = await read.selectFrom('growth').select('lesson').where('loop', '=', loop).executeTakeFirst();
      return row?.lesson ?? 0;
    },
  };
}

async function list(
  read: Kysely<Tables>,
  { loop, slice, cluster, sealed, source, since }: CaseQuery,
): Promise<readonly KeptCase[]> {
  const rows = await read
    .selectFrom('cases')
    .selectAll()
    .where('loop', '=', loop)
    .where('erased_at', 'is', null)
    .$if(slice !== undefined, (some) => some.where('slice', '=', slice ?? ''))
    .$if(cluster !== undefined, (some) => some.where('cluster', '=', cluster ?? ''))
    .$if(sealed !== undefined, (some) => some.where('sealed', '=', sealed === true ? 1 : 0))
    .$if(source !== undefined, (some) => some.where('source', '=', source ?? ''))
    .$if(since !== undefined, (some) => some.where('at', '>', since ?? 0))
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map(caseOf);
}

/** SQLite takes 32,766 values a statement. */
const ROWS = 1000;

async function add(trx: Kysely<Tables>, cases: readonly KeptCase[]): Promise<void> {
  for (let from = 0; from < cases.length; from += ROWS)
    await trx
      .insertInto('cases')
      .values(cases.slice(from, from + ROWS).map(rowOf))
      .onConflict((on) => on.columns(['loop', 'id']).doNothing())
      .execute();
}

async function grow(trx: Kysely<Tables>, { loop, upTo, cases, failures }: Growth): Promise<void> {
  await add(trx, cases);
  for (const { runKey, ...failure } of failures)
    await trx
      .insertInto('failures')
      .values({ ...failure, run_key: runKey })
      .onConflict((on) => on.column('lesson').doNothing())
      .execute();
  await trx
    .insertInto('growth')
    .values({ loop, lesson: upTo })
    .onConflict((on) =>
      on.column('loop').doUpdateSet((row) => ({
        lesson: row.fn<number>('max', ['growth.lesson', 'excluded.lesson']),
      })),
    )
    .execute();
}

async function putFile(trx: Kysely<Tables>, loop: string, cases: readonly KeptCase[]): Promise<void> {
  const ids = cases.map(({ id }) => id);
  await trx
    .deleteFrom('cases')
    .where('loop', '=', loop)
    .where('source', '=', 'file')
    .$if(ids.length > 0, (some) => some.where('id', 'not in', ids))
    .execute();
  for (const one of cases)
    await trx
      .insertInto('cases')
      .values(rowOf(one))
      .onConflict((on) =>
        on
          .columns(['loop', 'id'])
          .doUpdateSet((row) => ({
            input: row.ref('excluded.input'),
            expect: row.ref('excluded.expect'),
            never: row.ref('excluded.never'),
            slice: row.ref('excluded.slice'),
            related: row.ref('excluded.related'),
            source: row.ref('excluded.source'),
            note: row.ref('excluded.note'),
          }))
          // What was erased is not brought back by a line that is still there.
          .where('cases.erased_at', 'is', null),
      )
      .execute();
}

function rowOf(one: KeptCase): Insertable<Tables['cases']> {
  return {
    loop: one.loop,
    id: one.id,
    input: JSON.stringify(one.input),
    expect: one.expect === undefined ? null : JSON.stringify(one.expect),
    never: one.never === undefined ? null : JSON.stringify(one.never),
    slice: one.slice,
    related: one.related,
    source: one.source,
    cluster: one.cluster ?? null,
    run_key: one.runKey ?? null,
    lesson: one.lesson ?? null,
    sealed: one.sealed ? 1 : 0,
    note: one.note ?? null,
    at: one.at,
  };
}

function caseOf(row: Selectable<Tables['cases']>): KeptCase {
  return {
    loop: row.loop,
    id: row.id,
    input: JSON.parse(row.input) as KeptCase['input'],
    ...(row.expect === null ? {} : { expect: JSON.parse(row.expect) as KeptCase['expect'] }),
    ...(row.never === null ? {} : { never: JSON.parse(row.never) as KeptCase['never'] }),
    slice: row.slice as Slice,
    related: row.related,
    source: row.source as KeptCase['source'],
    ...(row.cluster === null ? {} : { cluster: row.cluster }),
    ...(row.run_key === null ? {} : { runKey: row.run_key }),
    ...(row.lesson === null ? {} : { lesson: row.lesson }),
    sealed: row.sealed === 1,
    ...(row.note === null ? {} : { note: row.note }),
    at: row.at,
  };
}
