import { sql, type Kysely } from 'kysely';

const CHANGES = [
  `create table harness_moves (id integer primary key, key text not null unique, loop text not null, from_version integer,
     to_version integer not null, kind text not null, by text not null, reason text not null, experiment text, e real,
     unproven integer not null, at integer not null) strict`,
  `create index harness_moves_by_loop on harness_moves(loop, id)`,
  // What the file said when it was last read: only a file that changed since takes over from what was promoted.
  `alter table harness_pointers add column file_digest text`,
  `update harness_pointers set file_digest = (select digest from harnesses where harnesses.loop = harness_pointers.loop
     and source = 'file' order by version desc limit 1)`,
  // Until now every version came from a file, and each took over from the one before.
  `insert into harness_moves (key, loop, from_version, to_version, kind, by, reason, unproven, at)
     select 'file/' || loop || '/' || version, loop,
       (select max(version) from harnesses before where before.loop = harnesses.loop and before.version < harnesses.version
          and before.source = 'file'),
       version, 'file', 'harness.yaml', 'The file changed.', 0, at
     from harnesses where source = 'file' order by at, loop, version`,
];

/** Says which harness a loop ran on, since when, and who moved it there. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
