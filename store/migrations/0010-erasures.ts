import { sql, type Kysely } from 'kysely';

const CHANGES = [
  // What was erased for whom is said by a salted digest and by counts, and never taken back.
  `create table erasures (id text primary key, at integer not null, by text not null, reason text, subject text,
     counts text not null) strict, without rowid`,
  `create trigger erasures_stay before update on erasures begin select raise(abort, 'erasures are never changed'); end`,
  `create trigger erasures_last before delete on erasures begin select raise(abort, 'erasures are never deleted'); end`,
  // One row, made with the first erasure: names that were erased are known again by their keyed digest.
  `create table erasure_salt (one integer primary key check (one = 1), salt text not null) strict`,
  `alter table runs add column erased_at integer`,
  `alter table lessons add column erased_at integer`,
  // Work that was in progress when the backup was made that this store was restored from: its effects may have been done.
  `create table doubts (work_key text primary key, since integer not null) strict, without rowid`,
];

/** Adds the record of erasures, marks on what was erased, and doubts about work that a restored store cannot know the end of. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
