import type { Selectable } from 'kysely';
import type { Alert } from '../contract/alerts.ts';
import type { Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/**
 * What people should know of until it is over. One alert a key: raising it again changes its text and nothing else. Who
 * sends them elsewhere reads what is open; raised after it was cleared, an alert has another `raisedAt`, and is new.
 */
export interface Alerts {
  /** Raises an alert. Answers the one that is open: it was raised before where its `raisedAt` is another. */
  raise(alert: Alert): Promise<Alert>;
  /** Clears an alert; where none is open, nothing changes. */
  clear(key: string, at: Timestamp): Promise<void>;
  /** Alerts that are open, oldest first. */
  open(): Promise<readonly Alert[]>;
  /** The alert of a key, also one that is over. */
  find(key: string): Promise<Alert | undefined>;
}

/** Alerts, in SQL. */
export function sqlAlerts({ read, write }: Database): Alerts {
  return {
    raise: (alert) =>
      write(async (trx) => {
        const { key, kind, about, text, raisedAt } = alert;
        const [open] = await trx
          .updateTable('alerts')
          .set({ text })
          .where('key', '=', key)
          .where('cleared_at', 'is', null)
          .returningAll()
          .execute();
        if (open !== undefined) return alertOf(open);
        const row = { kind, about, text, raised_at: raisedAt, cleared_at: null };
        await trx
          .insertInto('alerts')
          .values({ key, ...row })
          .onConflict((on) => on.column('key').doUpdateSet(row))
          .execute();
        return alert;
      }),
    async clear(key, at) {
      await write((trx) =>
        trx
          .updateTable('alerts')
          .set({ cleared_at: at })
          .where('key', '=', key)
          .where('cleared_at', 'is', null)
          .execute(),
      );
    },
    async open() {
      const rows = await read
        .selectFrom('alerts')
        .selectAll()
        .where('cleared_at', 'is', null)
        .orderBy('raised_at')
        .orderBy('key')
        .execute();
      return rows.map(alertOf);
    },
    async find(key) {
      const row = await read.selectFrom('alerts').selectAll().where('key', '=', key).executeTakeFirst();
      return row === undefined ? undefined : alertOf(row);
    },
  };
}

function alertOf({ key, kind, about, text, raised_at: raisedAt }: Selectable<Tables['alerts']>): Alert {
  return { key, kind: kind as Alert['kind'], about, text, raisedAt };
}
