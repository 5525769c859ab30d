import { sql, type Kysely } from 'kysely';

/** What is news, by table: a row that is new, or columns of one that became something else. */
const NEWS: readonly (readonly [kind: string, table: string, columns?: readonly string[]])[] = [
  ['experiment', 'experiments'],
  // With each step the words say more, so that grades need no news of their own.
  ['experiment', 'experiments', ['state', 'standing', 'because']],
  ['candidate', 'candidates'],
  ['candidate', 'candidates', ['state', 'because', 'run_key', 'experiment']],
  ['harness', 'harness_moves'],
];

/** Those who look on hear of experiments, of candidates, and of harnesses that are moved; see 0019. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const [kind, table, columns] of NEWS) {
    const when = columns === undefined ? 'insert' : `update of ${columns.join(', ')}`;
    const changed = columns?.map((column) => `old.${column} is not new.${column}`).join(' or ') ?? 'true';
    const run = table === 'candidates' ? 'new.run_key' : 'null';
    const name = `news_${table}_${columns === undefined ? 'new' : 'changed'}`;
    await sql
      .raw(
        `create trigger ${name} after ${when} on ${table} when ${changed}
           begin insert into changes (kind, run_key) values ('${kind}', ${run}); end`,
      )
      .execute(database);
  }
}
