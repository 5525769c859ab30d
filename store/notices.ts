import { sql, type Kysely, type Selectable } from 'kysely';
import type { Letter, LetterQuery, LetterState, NoticeEvent } from '../contract/notify.ts';
import type { Database } from './group-commit.ts';
import { planNotices } from './notice-plan.ts';
import type { Notices, Sending, Sent } from './notices-port.ts';
import type { Tables } from './schema.ts';

/** What people are told, in SQL. */
export function sqlNotices({ read, write }: Database): Notices {
  return {
    async toLookAt(now, limit) {
      const { rows } = await toLookAt(now, limit).execute(read);
      return [...new Set(rows.map(({ digest }) => digest))];
    },
    async lookedAt({ kind, about, since }) {
      const row = await read
        .selectFrom('notice_looks')
        .select('looked_at')
        .where((where) => where.and({ kind, about, since }))
        .executeTakeFirst();
      return row?.looked_at;
    },
    openAlerts: () =>
      read
        .selectFrom('notice_looks')
        .select(['about', 'since'])
        .where('kind', '=', 'alert')
        .where('settled', '=', sql.lit(0))
        .execute(),
    plan: (look, letters) => write((trx) => planNotices(trx, look, letters)),
    async ready(channel, now, limit) {
      const rows = await read
        .selectFrom('notices')
        .selectAll()
        .where('state', '=', sql.lit('waiting'))
        .where('channel', '=', channel)
        .where('next_at', '<=', now)
        .orderBy('due_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(letterOf);
    },
    async begunSince(channel, since) {
      const { n } = await read
        .selectFrom('notices')
        .select(sql<number>`count(distinct coalesce(together, id))`.as('n'))
        .where('channel', '=', channel)
        .where('begun_at', '>', since)
        .executeTakeFirstOrThrow();
      return n;
    },
    begin: (sending) => write((trx) => begin(trx, sending)),
    settle: (sent) => write((trx) => settle(trx, sent)),
    keepChannels: (channels, at) => write((trx) => keepChannels(trx, channels, at)),
    expire: (before) => write((trx) => expire(trx, before)),
    list: (query) => list(read, query),
  };
}

/** Each part reads the index of what is open, and nothing of what was ever settled: it is asked every two seconds. */
function toLookAt(now: number, limit: number) {
  return sql<{ digest: string }>`
    select gates.digest as digest from gates indexed by gates_pending
      join runs on runs.run_key = gates.run_key
      left join notice_looks looks on looks.kind = 'approval' and looks.about = gates.digest and looks.since = gates.opened_at
      where gates.state = 'open' and (looks.about is null or (looks.settled = 0 and looks.next_at <= ${now}))
    union all
    select looks.about as digest from notice_looks looks indexed by notice_looks_open
      join gates on gates.digest = looks.about join runs on runs.run_key = gates.run_key
      where looks.kind = 'approval' and looks.settled = 0 and (gates.state <> 'open' or gates.opened_at <> looks.since)
    limit ${limit}`;
}

async function begin(trx: Kysely<Tables>, { channel, ids, at, nextAt, together }: Sending): Promise<readonly string[]> {
  const some = trx
    .updateTable('notices')
    .set(({ eb }) => ({ attempts: eb('attempts', '+', 1), begun_at: at, next_at: nextAt, together: together ?? null }))
    .where('channel', '=', channel)
    .where('id', 'in', ids)
    .where('state', '=', 'waiting');
  await some.where((where) => where.or([where('begun_at', 'is', null), where('begun_at', '<>', at)])).execute();
  const rows = await trx
    .selectFrom('notices')
    .select('id')
    .where('channel', '=', channel)
    .where('id', 'in', ids)
    .where('state', '=', 'waiting')
    .where('begun_at', '=', at)
    .execute();
  return rows.map(({ id }) => id);
}

async function settle(trx: Kysely<Tables>, { channel, ids, state, at, nextAt, problem }: Sent): Promise<void> {
  const open = state === 'waiting';
  await trx
    .updateTable('notices')
    .set({
      state,
      problem: problem ?? null,
      settled_at: open ? null : at,
      ...(nextAt === undefined ? {} : { next_at: nextAt }),
    })
    .where('channel', '=', channel)
    .where('id', 'in', ids)
    // What was withdrawn while it was on its way has arrived all the same.
    .where('state', 'in', state === 'sent' ? ['waiting', 'withdrawn'] : ['waiting'])
    .execute();
}

async function keepChannels(trx: Kysely<Tables>, channels: readonly string[], at: number): Promise<number> {
  const problem = 'its channel is no longer in notify.yaml';
  const { numUpdatedRows } = await trx
    .updateTable('notices')
    .set({ state: 'withdrawn', settled_at: at, problem })
    .where('state', '=', sql.lit('waiting'))
    .where('channel', 'not in', channels)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

async function list(read: Kysely<Tables>, { channel, state, limit }: LetterQuery): Promise<Letter[]> {
  let query = read.selectFrom('notices').selectAll();
  if (channel !== undefined) query = query.where('channel', '=', channel);
  if (state !== undefined) query = query.where('state', '=', state);
  const rows = await query.orderBy('due_at', 'desc').orderBy('id').orderBy('channel').limit(limit).execute();
  return rows.map(letterOf);
}

async function expire(trx: Kysely<Tables>, before: number): Promise<number> {
  const settled = trx.deleteFrom('notices').where('state', '<>', 'waiting').where('settled_at', '<', before);
  const { numDeletedRows } = await settled.executeTakeFirst();
  await trx.deleteFrom('notice_looks').where('settled', '=', 1).where('looked_at', '<', before).execute();
  return Number(numDeletedRows);
}

function letterOf(row: Selectable<Tables['notices']>): Letter {
  return {
    id: row.id,
    channel: row.channel,
    event: row.event as NoticeEvent,
    subject: row.subject,
    dueAt: row.due_at,
    plannedAt: row.planned_at,
    state: row.state as LetterState,
    attempts: row.attempts,
    ...(row.state === 'waiting' ? { nextAt: row.next_at } : {}),
    ...(row.begun_at === null ? {} : { begunAt: row.begun_at }),
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
    ...(row.together === null ? {} : { together: row.together }),
    ...(row.problem === null ? {} : { problem: row.problem }),
  };
}
