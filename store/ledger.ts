import { sql, type Kysely, type Selectable } from 'kysely';
import type { Budget, CallKey, Ledger } from './ledger-port.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';
import type { Database } from './group-commit.ts';

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
    .returning('id'),
);

/** All tries of a call. */
const selectTries = prepared((database, call: CallKey) =>
  database
    .selectFrom('ledger')
    .selectAll()
    .where('run_key', '=', call.runKey)
    .where('stage', '=', call.stage)
    .where('attempt', '=', call.attempt)
    .where('call', '=', call.call),
);

interface NewLine extends CallKey {
  readonly model: string;
  readonly reserved: number;
  /** JSON list of budget ids. */
  readonly budgets: string;
  readonly at: number;
  readonly leaseUntil: number;
}

const insertLine = prepared((database, line: NewLine) =>
  database.insertInto('ledger').values({
    ...keyOf(line),
    loop: line.loop,
    model: line.model,
    state: 'held',
    reserved: line.reserved,
    budgets: line.budgets,
    at: line.at,
    lease_until: line.leaseUntil,
  }),
);

/** The final state of a call. */
interface Booking {
  readonly state: 'settled' | 'uncertain' | 'released';
  /** Null books what was reserved. */
  readonly amount: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Nobody knows what it cost. */
const worstCase: Booking = { state: 'uncertain', amount: null, inputTokens: 0, outputTokens: 0 };

const bookLine = prepared((database, booking: CallKey & Booking) =>
  database
    .updateTable('ledger')
    .set({
      state: booking.state,
      booked: sql<number>`coalesce(${booking.amount}, reserved)`,
      input_tokens: booking.inputTokens,
      output_tokens: booking.outputTokens,
    })
    .where((row) => row.and(keyOf(booking)))
    .where('state', '=', 'held')
    .returning(['reserved', 'booked', 'budgets']),
);

const noteResponse = prepared((database, noted: CallKey & { readonly response: string }) =>
  database
    .updateTable('ledger')
    .set({ response: noted.response })
    .where((row) => row.and(keyOf(noted)))
    .where('state', '=', 'held'),
);

const bookBudget = prepared((database, { id, reserved, booked }: { id: string; reserved: number; booked: number }) =>
  database
    .updateTable('budgets')
    .set({ reserved: sql`reserved - ${reserved}`, spent: sql`spent + ${booked}` })
    .where('id', '=', id),
);

const selectHeld = prepared((database, { runKey }: { runKey: string }) =>
  database.selectFrom('ledger').selectAll().where('run_key', '=', runKey).where('state', '=', 'held'),
);

/** Money in SQL: every reservation is one transaction over all budgets above the call, all or none. */
export function sqlLedger({ read, write }: Database): Ledger {
  return {
    reserve: (call, reservation) => write((trx) => reserve(trx, call, reservation)),
    async note(call, response) {
      await write((trx) => noteResponse(trx, { ...call, response }));
    },
    settle: (call, actual) => write((trx) => book(trx, call, { state: 'settled', amount: actual.microUsd, ...actual })),
    giveUp: (call) => write((trx) => book(trx, call, worstCase)),
    release: (call) => write((trx) => book(trx, call, { ...worstCase, state: 'released', amount: 0 })),
    expire: (now) =>
      write(async (trx) => {
        const lines = await trx
          .selectFrom('ledger')
          .selectAll()
          .where('state', '=', 'held')
          .where('lease_until', '<', now)
          .execute();
        for (const line of lines) await book(trx, callOf(line), worstCase);
        return lines.length;
      }),
    async spent(runKey) {
      const [row] = await selectBudget(read, { id: `run:${runKey}` });
      return (row?.spent ?? 0) + (row?.reserved ?? 0);
    },
  };
}

async function reserve(
  trx: Kysely<Tables>,
  call: CallKey,
  reservation: Parameters<Ledger['reserve']>[1],
): Promise<Awaited<ReturnType<Ledger['reserve']>>> {
  const tries = await selectTries(trx, call);
  const known = tries.find(
    (line) => line.execution === call.execution && line.activity_attempt === call.activityAttempt,
  );
  if (known !== undefined) return { kind: 'held', ...(known.response === null ? {} : { response: known.response }) };
  const inFlight = tries.find(({ state, response }) => state === 'held' && response !== null);
  if (inFlight?.response && inFlight.execution === call.execution) {
    await takeOver(trx, inFlight, call, reservation.leaseUntil);
    return { kind: 'held', response: inFlight.response };
  }
  // A new try of a call, or the same call after a reset, means that the one before died in flight: it may have been charged.
  for (const line of tries) if (line.state === 'held') await book(trx, callOf(line), worstCase);
  for (const budget of reservation.budgets) {
    const used = await take(trx, budget, reservation.microUsd);
    if (used !== undefined) {
      await undo(trx, reservation.budgets, budget, reservation.microUsd);
      return { kind: 'refused', budget: budget.id, capMicroUsd: budget.capMicroUsd, usedMicroUsd: used };
    }
  }
  const { model, microUsd: reserved, at, leaseUntil } = reservation;
  const budgets = JSON.stringify(reservation.budgets.map(({ id }) => id));
  await insertLine(trx, { ...call, model, reserved, budgets, at, leaseUntil });
  return { kind: 'held' };
}

/** Makes an earlier try's line that of this one: the same response is waited for, and paid once. */
async function takeOver(
  trx: Kysely<Tables>,
  line: Selectable<Tables['ledger']>,
  { activityAttempt }: CallKey,
  leaseUntil: number,
): Promise<void> {
  await trx
    .updateTable('ledger')
    .set({ activity_attempt: activityAttempt, lease_until: leaseUntil })
    .where((row) => row.and(keyOf(callOf(line))))
    .execute();
}

/** Takes an amount from a budget; where it does not fit, answers what is used already and takes nothing. */
async function take(
  trx: Kysely<Tables>,
  { id, capMicroUsd: cap }: Budget,
  amount: number,
): Promise<number | undefined> {
  if (amount <= cap) {
    const [taken] = await takeFrom(trx, { id, cap, amount });
    if (taken !== undefined) return undefined;
  }
  const [row] = await selectBudget(trx, { id });
  return (row?.spent ?? 0) + (row?.reserved ?? 0);
}

/** Gives back what was taken before the budget that refused. */
async function undo(trx: Kysely<Tables>, budgets: readonly Budget[], refusing: Budget, amount: number): Promise<void> {
  const ids = budgets.slice(0, budgets.indexOf(refusing)).map(({ id }) => id);
  if (ids.length === 0) return;
  await trx
    .updateTable('budgets')
    .set({ reserved: sql`reserved - ${amount}` })
    .where('id', 'in', ids)
    .execute();
}

/** Moves a held line to its final state, once; one that is booked already stays as it is. */
async function book(trx: Kysely<Tables>, call: CallKey, booking: Booking): Promise<void> {
  const [line] = await bookLine(trx, { ...call, ...booking });
  if (line === undefined) return;
  const { reserved, booked } = line;
  for (const id of JSON.parse(line.budgets) as string[]) await bookBudget(trx, { id, reserved, booked });
}

/** Books a run's calls that are still held at their worst case, because nobody lives who could settle them. */
export async function giveUpHeld(trx: Kysely<Tables>, runKey: string): Promise<void> {
  for (const line of await selectHeld(trx, { runKey })) await book(trx, callOf(line), worstCase);
}

/** Primary key of a call's line, as columns. */
function keyOf(call: CallKey) {
  return {
    run_key: call.runKey,
    stage: call.stage,
    attempt: call.attempt,
    call: call.call,
    execution: call.execution,
    activity_attempt: call.activityAttempt,
  };
}

function callOf(line: Selectable<Tables['ledger']>): CallKey {
  return {
    runKey: line.run_key,
    loop: line.loop,
    stage: line.stage,
    attempt: line.attempt,
    call: line.call,
    execution: line.execution,
    activityAttempt: line.activity_attempt,
  };
}
