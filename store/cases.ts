import type { Insertable, Selectable } from 'kysely';
import type { KeptCase, Slice } from '../contract/case.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** Which cases of a loop. */
export interface CaseQuery {
  readonly loop: string;
  readonly slice?: Slice;
  readonly cluster?: string;
  readonly sealed?: boolean;
  /** Only cases that were added after this time, in milliseconds since 1970. */
  readonly since?: number;
}

/** What a loop is measured by. */
export interface Cases {
  /** Adds cases; one whose loop and id are known stays as it is. */
  add(cases: readonly KeptCase[]): Promise<void>;
  /** In the order in which they were added, without those that were erased. */
  list(query: CaseQuery): Promise<readonly KeptCase[]>;
  find(loop: string, id: string): Promise<KeptCase | undefined>;
  /** Changes what a case is for. */
  move(loop: string, id: string, slice: Slice): Promise<void>;
  /** Id of the newest lesson of a loop that a case has grown from; 0 where none has. */
  grownTo(loop: string): Promise<number>;
}

/** Cases, in SQL. */
export function sqlCases({ read, write }: Database): Cases {
  return {
    add: (cases) =>
      write(async (trx) => {
        // SQLite takes 32,766 values a statement.
        for (let from = 0; from < cases.length; from += 1000)
          await trx
            .insertInto('cases')
            .values(cases.slice(from, from + 1000).map(rowOf))
            .onConflict((on) => on.columns(['loop', 'id']).doNothing())
            .execute();
      }),
    async list({ loop, slice, cluster, sealed, since }) {
      const rows = await read
        .selectFrom('cases')
        .selectAll()
        .where('loop', '=', loop)
        .where('erased_at', 'is', null)
        .$if(slice !== undefined, (some) => some.where('slice', '=', slice ?? ''))
        .$if(cluster !== undefined, (some) => some.where('cluster', '=', cluster ?? ''))
        .$if(sealed !== undefined, (some) => some.where('sealed', '=', sealed === true ? 1 : 0))
        .$if(since !== undefined, (some) => some.where('at', '>', since ?? 0))
        .orderBy('at')
        .orderBy('id')
        .execute();
      return rows.map(caseOf);
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
    move: (loop, id, slice) =>
      write(async (trx) => {
        await trx.updateTable('cases').set({ slice }).where('loop', '=', loop).where('id', '=', id).execute();
      }),
    async grownTo(loop) {
      const newest = await read
        .selectFrom('cases')
        .select(({ fn }) => fn.max('lesson').as('lesson'))
        .where('loop', '=', loop)
        .executeTakeFirst();
      return newest?.lesson ?? 0;
    },
  };
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
