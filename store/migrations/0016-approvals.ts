import { sql, type Kysely } from 'kysely';

const CHANGES = [
  `alter table gates add column loop text`,
  `alter table gates add column state text not null default 'open'`,
  `alter table gates add column policy text`,
  `alter table gates add column need integer not null default 1`,
  `alter table gates add column signed integer not null default 0`,
  // Silence becomes a no then. Versions of before have no time on record, and are listed last.
  `alter table gates add column expires_at integer not null default 9007199254740991`,
  `alter table gates add column claimed_by text`,
  `alter table gates add column claimed_until integer`,
  `alter table gates add column settled_at integer`,
  `update gates set loop = (select loop from runs where runs.run_key = gates.run_key)`,
  `update gates set
     state = coalesce(
       (select case d.decision when 'approve' then 'approved' when 'reject' then 'rejected' when 'expire' then 'expired' end
          from decisions d where d.run_key = gates.run_key and d.digest = gates.digest and d.decision <> 'revise' limit 1),
       case when exists (select 1 from gates later where later.run_key = gates.run_key and later.gate = gates.gate
                           and later.opened_at > gates.opened_at)
         then coalesce((select case when json_extract(d.body, '$.feedback') is null then 'edited' else 'answered' end
            from decisions d where d.run_key = gates.run_key and d.digest = gates.digest and d.decision = 'revise'
            order by d.at desc limit 1), 'superseded') end,
       case when (select closed_at from runs where runs.run_key = gates.run_key) is not null then 'cancelled' else 'open' end)`,
  `update gates set settled_at = coalesce(
     (select max(d.at) from decisions d where d.run_key = gates.run_key and d.digest = gates.digest),
     (select closed_at from runs where runs.run_key = gates.run_key), opened_at) where state <> 'open'`,
  `create index gates_pending on gates(expires_at, run_key, digest) where state = 'open'`,
  `create index gates_settled on gates(settled_at, run_key, digest) where state <> 'open'`,
  `create index gates_digest on gates(digest)`,
];

/** Gives each version of a gate its policy, and what became of it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
