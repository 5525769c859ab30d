import { sql, type Kysely } from 'kysely';
import { addAudit } from './audit.ts';
import type { Budget, Ledger, LowBudget, Raise } from './ledger-port.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';

/** From this share of a cap on, a budget is low. */
const LOW_SHARE = 0.8;

const selectBudget = prepared((database, { id }: { id: string }) =>
  database.selectFrom('budgets').selectAll().where('id', '=', id),
);

/** Takes an amount where it fits; no row where it does not. */
const takeFrom = prepared((database, { id, cap, amount }: { id: string; cap: number; amount: number }) =>
  database
    .insertInto('budgets')
    .values({ id, cap, reserved: amount })
    .onConflict((on) =>
      on
        .column('id')
        .doUpdateSet({ cap, reserved: sql`budgets.reserved + ${amount}` })
        .where(sql<boolean>`budgets.spent + budgets.reserved + ${amount} <= ${cap}`),
    )
    .returning(['spent', 'reserved', 'warned']),
);

const markWarned = prepared((database, { id, cap }: { id: string; cap: number }) =>
  database.updateTable('budgets').set({ warned: cap }).where('id', '=', id),
);

const sumRaises = prepared((database, { budget }: { budget: string }) =>
  database
    .selectFrom('budget_raises')
    .select(sql<number>`coalesce(sum(micro_usd), 0)`.as('raised'))
    .where('budget', '=', budget),
);

const bookInto = prepared((database, { id, reserved, booked }: { id: string; reserved: number; booked: number }) =>
  database
    .updateTable('budgets')
    .set({ reserved: sql`reserved - ${reserved}`, spent: sql`spent + ${booked}` })
    .where('id', '=', id),
);

/** What came of taking an amount from every budget: all of them gave it, or none. */
export type Taken =
  | { readonly kind: 'taken'; readonly low: readonly LowBudget[] }
  | { readonly kind: 'refused'; readonly budget: string; readonly capMicroUsd: number; readonly usedMicroUsd: number };

/** Takes an amount from every budget, in the order given, or from none. */
export async function takeFromAll(trx: Kysely<Tables>, budgets: readonly Budget[], amount: number): Promise<Taken> {
  const low: LowBudget[] = [];
  for (const [index, budget] of budgets.entries()) {
    const taken = await take(trx, budget, amount);
    if (taken.kind === 'refused') {
      await giveBack(trx, budgets.slice(0, index), amount);
      return taken;
    }
    low.push(...taken.low);
  }
  return { kind: 'taken', low };
}

/** Takes an amount from a budget within its cap, and what people raised that by. */
async function take(trx: Kysely<Tables>, { id, capMicroUsd }: Budget, amount: number): Promise<Taken> {
  // Nearly always it fits, so raises are looked for only where it does not.
  const first = await takeWithin(trx, id, capMicroUsd, amount);
  if (first !== undefined) return { kind: 'taken', low: first };
  const raised = await raisedBy(trx, id);
  const cap = capMicroUsd + raised;
  const second = raised === 0 ? undefined : await takeWithin(trx, id, cap, amount);
  if (second !== undefined) return { kind: 'taken', low: second };
  return { kind: 'refused', budget: id, capMicroUsd: cap, usedMicroUsd: await usedOf(trx, id) };
}

async function takeWithin(
  trx: Kysely<Tables>,
  id: string,
  cap: number,
  amount: number,
): Promise<readonly LowBudget[] | undefined> {
  if (amount > cap) return undefined;
  const [taken] = await takeFrom(trx, { id, cap, amount });
  if (taken === undefined) return undefined;
  const used = taken.spent + taken.reserved;
  if (cap === 0 || used < cap * LOW_SHARE || taken.warned === cap) return [];
  await markWarned(trx, { id, cap });
  return [{ budget: id, capMicroUsd: cap, usedMicroUsd: used }];
}

/** Gives back what was taken before the budget that refused. */
async function giveBack(trx: Kysely<Tables>, budgets: readonly Budget[], amount: number): Promise<void> {
  for (const { id } of budgets) await bookInto(trx, { id, reserved: amount, booked: 0 });
}

/** Turns what a call held in its budgets into what it is booked at. */
export async function bookBudgets(
  trx: Kysely<Tables>,
  line: { readonly budgets: string; readonly reserved: number; readonly booked: number },
): Promise<void> {
  const { reserved, booked } = line;
  for (const id of JSON.parse(line.budgets) as string[]) await bookInto(trx, { id, reserved, booked });
}

/** What of a budget is spent or held. */
export async function usedOf(database: Kysely<Tables>, id: string): Promise<number> {
  const [row] = await selectBudget(database, { id });
  return (row?.spent ?? 0) + (row?.reserved ?? 0);
}

/** How much people have raised a budget by. */
export async function raisedBy(database: Kysely<Tables>, budget: string): Promise<number> {
  const [row] = await sumRaises(database, { budget });
  return row?.raised ?? 0;
}

/** Notes that a run waits for money; the same again changes nothing. */
export async function addWait(trx: Kysely<Tables>, wait: Parameters<Ledger['wait']>[0]): Promise<void> {
  const { runKey, budget, needMicroUsd, at } = wait;
  await trx
    .insertInto('budget_waits')
    .values({ run_key: runKey, at, budget, need: needMicroUsd })
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Ends a run's wait for money. */
export async function endWait(trx: Kysely<Tables>, runKey: string, at: number): Promise<void> {
  await trx
    .updateTable('budget_waits')
    .set({ ended_at: at })
    .where('run_key', '=', runKey)
    .where('ended_at', 'is', null)
    .execute();
}

/** Records a raise, which ends its run's wait; the same one again changes nothing. */
export async function addRaise(
  trx: Kysely<Tables>,
  { key, budget, runKey, microUsd, by, reason, identity, at }: Raise,
): Promise<void> {
  const isNew = await trx
    .insertInto('budget_raises')
    .values({ key, budget, run_key: runKey, micro_usd: microUsd, by, reason, at, identity: identity ?? null })
    .onConflict((on) => on.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (isNew !== undefined)
    await addAudit(trx, {
      at,
      kind: 'raise',
      body: { run: runKey, budget, microUsd, by, identity: identity ?? 'unverified' },
    });
  await endWait(trx, runKey, at);
}

/** What every budget should hold, by its lines. */
const WRONG = sql<{ id: string; spent: number; reserved: number }>`
  select id, spent, reserved from (
    select budgets.id as id, budgets.spent as was_spent, budgets.reserved as was_reserved,
      coalesce(sum(case when ledger.state <> 'held' then ledger.booked end), 0) as spent,
      coalesce(sum(case when ledger.state = 'held' then ledger.reserved end), 0) as reserved
    from budgets
      left join (ledger join json_each(ledger.budgets) as named) on named.value = budgets.id
    group by budgets.id)
  where was_spent <> spent or was_reserved <> reserved`;

/** Makes every budget the sum of its lines, and names those that were not. */
export async function reconcileBudgets(trx: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await WRONG.execute(trx);
  for (const { id, spent, reserved } of rows)
    await trx.updateTable('budgets').set({ spent, reserved }).where('id', '=', id).execute();
  return rows.map(({ id }) => id);
}
