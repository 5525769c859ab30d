import { sql, type Kysely } from 'kysely';

/** Tables of version 1. Money is integer micro-USD, times are milliseconds since 1970, JSON is text. */
const TABLES = [
  `create table artefacts (digest text primary key, body text not null)`,
  `create table artefact_owners (digest text not null references artefacts(digest), run_key text not null,
     keep text not null check (keep in ('run','durable')), primary key (digest, run_key, keep))`,
  `create index artefact_owners_by_run on artefact_owners(run_key, keep)`,
  `create table runs (run_key text primary key, loop text not null, workflow_id text not null, first_run_id text not null,
     work_key text not null, harness text not null, trigger_kind text not null, trigger text not null, input text not null,
     watermark integer not null, opened_at integer not null, closed_at integer, outcome text, reason text, artefact text,
     duplicate_of text, check ((closed_at is null) = (outcome is null)))`,
  `create index runs_unclosed on runs(opened_at) where closed_at is null`,
  `create index runs_by_close on runs(closed_at, loop, outcome) where closed_at is not null`,
  `create table work (work_key text primary key, run_key text not null references runs(run_key),
     state text not null check (state in ('claimed','done')))`,
  `create table attempts (run_key text not null, stage text not null, attempt integer not null, artefact text not null,
     author text not null, at integer not null, primary key (run_key, stage, attempt))`,
  `create table judgements (run_key text not null, stage text not null, artefact text not null, author text not null,
     verdict text not null, body text not null, at integer not null, primary key (run_key, stage, artefact, author))`,
  `create table gates (run_key text not null, gate text not null, digest text not null, stage text not null,
     artefact text not null, audit integer not null, because text not null, opened_at integer not null,
     primary key (run_key, digest))`,
  `create table decisions (key text primary key, run_key text not null, gate text not null, digest text not null, decision text not null,
     by text, identity text, note text, body text not null, at integer not null)`,
  `create index decisions_by_run on decisions(run_key, digest)`,
  `create table lessons (id integer primary key autoincrement, key text not null unique, loop text not null,
     kind text not null, text text not null, input text not null, output text, predicted text, trust text not null,
     run_key text not null, source text not null, by text, artefact text, created_at integer not null)`,
  `create index lessons_by_loop on lessons(loop, id)`,
  `create index lessons_by_run on lessons(run_key)`,
  `create table effects (key text primary key, run_key text not null, name text not null, artefact text not null,
     state text not null check (state in ('begun','done')), result text, begun_at integer not null, done_at integer)`,
  `create table outbox (topic text not null, key text not null, body text not null, primary key (topic, key))`,
  `create table ledger (run_key text not null, loop text not null, stage text not null, attempt integer not null,
     call text not null, execution text not null, activity_attempt integer not null, model text not null,
     state text not null check (state in ('held','settled','uncertain','released')),
     reserved integer not null check (reserved >= 0), booked integer not null default 0 check (booked >= 0),
     input_tokens integer not null default 0, output_tokens integer not null default 0, budgets text not null,
     at integer not null, lease_until integer not null,
     primary key (run_key, stage, attempt, call, execution, activity_attempt))`,
  `create index ledger_held on ledger(lease_until) where state = 'held'`,
  `create table budgets (id text primary key, cap integer not null, reserved integer not null default 0 check (reserved >= 0),
     spent integer not null default 0 check (spent >= 0))`,
  `create table harnesses (loop text not null, version integer not null, body text not null, digest text not null,
     source text not null, promoted integer not null, at integer not null, primary key (loop, version))`,
  `create table harness_pointers (loop text primary key, version integer not null)`,
];

/** Creates the tables of version 1. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(database);
}
