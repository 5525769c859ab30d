import { createHash } from 'node:crypto';
import { sql, type ExpressionBuilder, type Kysely, type Selectable } from 'kysely';
import type { Delivery, DeliveryKey, DeliveryQuery } from '../contract/hooks.ts';
import type { Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** What was received, as JSON. */
export interface NewDelivery extends DeliveryKey {
  readonly event: string;
  readonly body: string;
  readonly at: Timestamp;
}

/** A delivery that nothing has become of yet. */
export interface Waiting extends DeliveryKey {
  readonly event: string;
  readonly body: string;
}

/** What a delivery is about, and how new it is. */
export interface Seen {
  readonly subject: string;
  readonly version: number;
}

/** What is to become of a delivery. */
export interface Beginning {
  /** The run that it starts, where it starts one. */
  readonly workflowId?: string;
  readonly seen?: Seen | undefined;
}

/** Whether a delivery may be made something of. */
export type Begun =
  | { readonly kind: 'first' | 'stale' }
  /** A run may have been started for it before. */
  | { readonly kind: 'again'; readonly workflowId: string };

/** What came over webhooks, each delivery once, in the order it came. */
export interface Inbox {
  /** Keeps a delivery. One that is known changes nothing, unless nothing came of it before: then it waits again. */
  receive(delivery: NewDelivery): Promise<'new' | 'known'>;
  /** What waits of these sources, oldest first. */
  waiting(limit: number, sources: readonly string[]): Promise<readonly Waiting[]>;
  /**
   * Says that a delivery is being made something of: `stale` where something newer of its subject was seen, `again`
   * where it was begun before and nobody knows what came of it.
   */
  begin(key: DeliveryKey, beginning: Beginning): Promise<Begun>;
  /** Says what became of a delivery. Its body goes, unless it failed: then somebody may mend the rules and try again. */
  settle(key: DeliveryKey, end: Pick<Delivery, 'state' | 'workflowId' | 'reason'>): Promise<void>;
  /** Lets a failed delivery wait again; false where there is none. */
  retry(key: DeliveryKey): Promise<boolean>;
  /** Forgets deliveries that something became of and that came before a time; returns how many. */
  expire(before: Timestamp): Promise<number>;
  /** For a store that is a copy from an earlier moment: what waits may have been started since, so it counts as begun. */
  doubt(): Promise<void>;
  /** Deliveries, newest first. */
  list(query: DeliveryQuery): Promise<readonly Delivery[]>;
}

/** The inbox, in SQL. */
export function sqlInbox({ read, write }: Database): Inbox {
  return {
    receive: (delivery) => write((trx) => receive(trx, delivery)),
    async waiting(limit, sources) {
      const rows = await read
        .selectFrom('inbox')
        .select(['source', 'delivery', 'event', 'body'])
        .where('state', '=', sql.lit('waiting'))
        .where('source', 'in', sources)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ body, ...row }) => ({ ...row, body: body ?? 'null' }));
    },
    begin: (key, beginning) => write((trx) => begin(trx, key, beginning)),
    async settle(key, { state, workflowId, reason = null }) {
      await write((trx) =>
        trx
          .updateTable('inbox')
          .set({
            state,
            ...(workflowId === undefined ? {} : { workflow_id: workflowId }),
            reason,
            ...(state === 'failed' ? {} : { body: null }),
          })
          .where(only(key))
          .execute(),
      );
    },
    retry: (key) =>
      write(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('inbox')
          .set({ state: 'waiting', reason: null })
          .where(only(key))
          .where('state', '=', 'failed')
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    async expire(before) {
      const old = await forgettable(read, before).select('id').executeTakeFirst();
      if (old === undefined) return 0;
      return await write(async (trx) => {
        const ids = forgettable(trx, before).select('id');
        const { numDeletedRows } = await trx.deleteFrom('inbox').where('id', 'in', ids).executeTakeFirst();
        return Number(numDeletedRows);
      });
    },
    async doubt() {
      await write((trx) =>
        trx.updateTable('inbox').set({ begun: 1 }).where('state', 'in', ['waiting', 'failed']).execute(),
      );
    },
    list: (query) => list(read, query),
  };
}

/** Nothing came of one that was ignored or failed: sent again, it is looked at again. */
async function receive(
  trx: Kysely<Tables>,
  { source, delivery, event, body, at }: NewDelivery,
): Promise<'new' | 'known'> {
  const row = { event, body, received_at: at, state: 'waiting' };
  const kept = await trx
    .insertInto('inbox')
    .values({ source, delivery, ...row })
    .onConflict((on) =>
      on
        .columns(['source', 'delivery'])
        // What happened stays as it was first said: GitHub signs no event. One that may have started a run is still begun.
        .doUpdateSet({ body, received_at: at, state: 'waiting', reason: null })
        .where('inbox.state', 'in', ['ignored', 'failed']),
    )
    .returning('source')
    .executeTakeFirst();
  return kept === undefined ? 'known' : 'new';
}

async function begin(trx: Kysely<Tables>, key: DeliveryKey, { workflowId, seen }: Beginning): Promise<Begun> {
  const before = await trx
    .selectFrom('inbox')
    .select(['begun', 'workflow_id as workflowId'])
    .where(only(key))
    .executeTakeFirst();
  const newest = seen === undefined || (await isNewest(trx, key.source, seen));
  // Where a run may have been started, it is the one that was meant then, whatever the rules say now, and however old.
  if (before?.begun === 1 && before.workflowId !== null) return { kind: 'again', workflowId: before.workflowId };
  if (!newest) return { kind: 'stale' };
  const again = before?.begun === 1 && workflowId !== undefined;
  await trx
    .updateTable('inbox')
    .set({ begun: workflowId === undefined ? 0 : 1, workflow_id: workflowId ?? null })
    .where(only(key))
    .execute();
  return again ? { kind: 'again', workflowId } : { kind: 'first' };
}

/** Columns of a delivery in one line. */
const SHOWN = ['source', 'delivery', 'event', 'received_at', 'state', 'workflow_id', 'reason'] as const;

async function list(read: Kysely<Tables>, { source, state, limit }: DeliveryQuery): Promise<Delivery[]> {
  // Without the bodies: they may be large, and nobody is shown them.
  let query = read.selectFrom('inbox').select([...SHOWN]);
  if (source !== undefined) query = query.where('source', '=', source);
  if (state !== undefined) query = query.where('state', '=', state);
  const rows = await query.orderBy('received_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  return rows.map(deliveryOf);
}

function forgettable(database: Kysely<Tables>, before: Timestamp) {
  return database.selectFrom('inbox').where('received_at', '<', before).where('state', '<>', 'waiting');
}

/** The one row of a delivery. */
function only({ source, delivery }: DeliveryKey) {
  return (row: ExpressionBuilder<Tables, 'inbox'>) => row.and({ source, delivery });
}

/** Whether nothing newer of the subject was seen, and remembers the version. Equal versions are no older. */
async function isNewest(trx: Kysely<Tables>, source: string, { subject, version }: Seen): Promise<boolean> {
  const row = { source, subject: createHash('sha256').update(subject).digest('hex'), version };
  const kept = await trx
    .insertInto('inbox_versions')
    .values(row)
    .onConflict((on) =>
      on.columns(['source', 'subject']).doUpdateSet({ version }).where('inbox_versions.version', '<=', version),
    )
    .returning('version')
    .executeTakeFirst();
  return kept !== undefined;
}

function deliveryOf({
  received_at: receivedAt,
  workflow_id: workflowId,
  reason,
  ...row
}: Pick<Selectable<Tables['inbox']>, (typeof SHOWN)[number]>): Delivery {
  return {
    source: row.source,
    delivery: row.delivery,
    event: row.event,
    receivedAt,
    state: row.state as Delivery['state'],
    ...(workflowId === null ? {} : { workflowId }),
    ...(reason === null ? {} : { reason }),
  };
}
