import { sql, type Kysely } from 'kysely';
import type { NoticeLook, PlannedLetter } from './notices-port.ts';
import type { Tables } from './schema.ts';

/** Writes a look down with what it found, in a transaction; the same look again changes nothing. */
export async function planNotices(
  trx: Kysely<Tables>,
  look: NoticeLook,
  letters: readonly PlannedLetter[],
): Promise<void> {
  const { kind, about, since, subject, at, nextAt, settled } = look;
  const row = { looked_at: at, next_at: nextAt ?? null, settled: settled ? 1 : 0 };
  await trx
    .insertInto('notice_looks')
    .values({ kind, about, since, subject, ...row })
    .onConflict((on) => on.columns(['kind', 'about', 'since']).doUpdateSet(row))
    .execute();
  await forgetEarlier(trx, look);
  for (const letter of letters) await write(trx, look, letter);
  if (settled)
    await withdraw(trx, at, 'it is settled')
      .where('subject', '=', subject)
      .where('event', 'not in', ['decided', 'expired', 'withdrawn', 'cleared'])
      .execute();
}

/** A subject of the same name that is another by now needs nobody any more. */
async function forgetEarlier(trx: Kysely<Tables>, { kind, about, since, at }: NoticeLook): Promise<void> {
  const rows = await trx
    .selectFrom('notice_looks')
    .select('subject')
    .where('kind', '=', kind)
    .where('about', '=', about)
    .where('since', '<>', since)
    .where('settled', '=', 0)
    .execute();
  if (rows.length === 0) return;
  const earlier = rows.map((row) => row.subject);
  await withdraw(trx, at, 'it was opened again').where('subject', 'in', earlier).execute();
  await trx.updateTable('notice_looks').set({ settled: 1, next_at: null }).where('subject', 'in', earlier).execute();
}

async function write(trx: Kysely<Tables>, { subject, at }: NoticeLook, letter: PlannedLetter): Promise<void> {
  const { id, channel, event, dueAt, ifTold } = letter;
  if (ifTold) {
    const told = await trx
      .selectFrom('notices')
      .select('id')
      .where('subject', '=', subject)
      .where('channel', '=', channel)
      .where('attempts', '>', 0)
      .executeTakeFirst();
    if (told === undefined) return;
  }
  await trx
    .insertInto('notices')
    .values({ id, channel, event, subject, due_at: dueAt, planned_at: at, state: 'waiting', next_at: at })
    .onConflict((on) => on.doNothing())
    .execute();
  // Nothing comes before it.
  if (event === 'opened') return;
  await withdraw(trx, at, 'a newer notice took its place')
    .where('subject', '=', subject)
    .where('channel', '=', channel)
    .where('id', '<>', id)
    .where('due_at', '<=', dueAt)
    .execute();
}

function withdraw(trx: Kysely<Tables>, at: number, problem: string) {
  return trx
    .updateTable('notices')
    .set({ state: 'withdrawn', settled_at: at, problem })
    .where('state', '=', sql.lit('waiting'));
}
