import { sql, type Kysely } from 'kysely';

/** Who may use the gateway, and what proves it: of secrets there are digests only. */
const CHANGES = [
  `create table users (name text primary key, roles text not null, scopes text not null, created_at integer not null,
     disabled_at integer) strict, without rowid`,
  `create table api_tokens (id text primary key, user text not null references users(name), secret_hash text not null,
     label text not null, scopes text not null, created_at integer not null, expires_at integer, last_used_at integer,
     revoked_at integer) strict, without rowid`,
  `create table sign_in_codes (code_hash text primary key, user text not null references users(name),
     created_at integer not null, expires_at integer not null, session text) strict, without rowid`,
  `create table sessions (id_hash text primary key, user text not null references users(name),
     token text references api_tokens(id), created_at integer not null, seen_at integer not null, ended_at integer)
     strict, without rowid`,
  `create index sessions_of on sessions(user) where ended_at is null`,
];

/** Adds them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
