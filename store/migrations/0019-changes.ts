import { sql, type Kysely } from 'kysely';

/** Changes that are kept: who was away for longer looks at everything anew. */
const KEPT = 10_000;

/** What is news, by table: a row that is new, or columns of one that became something else. */
const NEWS: readonly (readonly [kind: string, table: string, columns?: readonly string[]])[] = [
  ['run', 'runs'],
  ['run', 'runs', ['closed_at']],
  ['attempt', 'attempts'],
  ['attempt', 'judgements'],
  ['gate', 'gates'],
  ['gate', 'gates', ['state', 'claimed_by']],
  ['decision', 'decisions'],
  ['effect', 'effects'],
  ['effect', 'effects', ['state']],
  ['money', 'budget_waits'],
  ['money', 'budget_waits', ['ended_at']],
  ['alert', 'alerts'],
  ['alert', 'alerts', ['cleared_at']],
];

const CHANGES = [
  // The newest is never deleted, so that no number comes twice.
  `create table changes (seq integer primary key, kind text not null, run_key text) strict`,
  `create trigger changes_kept after insert on changes
     begin delete from changes where seq <= new.seq - ${KEPT}; end`,
  ...NEWS.map(([kind, table, columns]) => {
    const when = columns === undefined ? 'insert' : `update of ${columns.join(', ')}`;
    // An upsert that changes nothing is no news.
    const changed = columns?.map((column) => `old.${column} is not new.${column}`).join(' or ') ?? 'true';
    const run = table === 'alerts' ? 'null' : 'new.run_key';
    return `create trigger news_${table}_${columns === undefined ? 'new' : 'changed'} after ${when} on ${table} when ${changed}
      begin insert into changes (kind, run_key) values ('${kind}', ${run}); end`;
  }),
  // Lists begin with the newest.
  `create index runs_by_opening on runs(opened_at desc, run_key)`,
  // How many wait, by loop, is on every page.
  `create index gates_waiting on gates(loop) where state = 'open'`,
  `create index audit_by_kind on audit(kind, seq)`,
];

/** Numbers what happens, for those who look on: each row is written along with what it tells. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of CHANGES) await sql.raw(statement).execute(database);
}
