import { sql, type Kysely } from 'kysely';

const CHANGES = [
  // Each entry holds the hash of the one before it. The body stands under a digest of its own, so that a customer's words can go from it and the chain still holds.
  `create table audit (seq integer primary key, at integer not null, kind text not null, body text not null,
     body_digest text not null, prev text not null, hash text not null) strict`,
  `create trigger audit_stays before update of seq, at, kind, body_digest, prev, hash on audit
     begin select raise(abort, 'the audit log is never changed'); end`,
  `create trigger audit_last before delete on audit begin select raise(abort, 'the audit log is never shortened'); end`,
];

/** Adds the audit log. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
