import { sql, type Kysely } from 'kysely';

/** What money needs besides: a response that is in flight at its provider, raised caps, and warnings that were given. */
const CHANGES = [
  // The provider's id of a response in flight: who tries the call again picks it up.
  `alter table ledger add column response text`,
  `alter table ledger add column cached_tokens integer not null default 0`,
  // Whose money it is, where the loop says so.
  `alter table ledger add column tenant text`,
  `alter table runs add column tenant text`,
  `create index ledger_by_time on ledger(at)`,
  `create index ledger_in_flight on ledger(model) where state = 'held'`,
  // Micro-USD at which somebody was told that the budget runs low.
  `alter table budgets add column warned integer`,
  `create table budget_raises (key text primary key, budget text not null, run_key text not null, micro_usd integer not null
     check (micro_usd > 0), by text not null, reason text not null, at integer not null) strict, without rowid`,
  `create index budget_raises_by_budget on budget_raises(budget)`,
  `create table budget_waits (run_key text not null, at integer not null, budget text not null, need integer not null,
     ended_at integer, primary key (run_key, at)) strict, without rowid`,
];

/** Adds them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
