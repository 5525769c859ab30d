import { sql, type Kysely, type Selectable } from 'kysely';
import { addRaise, addWait, bookBudgets, endWait, raisedBy, reconcileBudgets, takeFromAll, usedOf } from './budgets.ts';
import type { CallKey, Ledger } from './ledger-port.ts';
import { responses } from './responses.ts';
import { callOf, keyOf } from './ledger-key.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';
import type { Database } from './group-commit.ts';

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
  readonly tenant: string | null;
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
    tenant: line.tenant,
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
  readonly cachedTokens?: number | undefined;
}

/** Nobody knows what it cost. */
const worstCase: Booking = { state: 'uncertain', amount: null, inputTokens: 0, outputTokens: 0, cachedTokens: 0 };

const bookLine = prepared((database, booking: CallKey & Booking) =>
  database
    .updateTable('ledger')
    .set({
      state: booking.state,
      booked: sql<number>`coalesce(${booking.amount}, reserved)`,
      input_tokens: booking.inputTokens,
      output_tokens: booking.outputTokens,
      cached_tokens: sql<number>`${booking.cachedTokens}`,
    })
    .where((row) => row.and(keyOf(booking)))
    .where('state', '=', 'held')
    .returning(['reserved', 'booked', 'budgets']),
);

const selectHeld = prepared((database, { runKey }: { runKey: string }) =>
  database.selectFrom('ledger').selectAll().where('run_key', '=', runKey).where('state', '=', 'held'),
);

/** Money in SQL: every reservation is one transaction over all budgets above the call, all or none. */
export function sqlLedger({ read, write }: Database): Ledger {
  return {
    reserve: (call, reservation) => write((trx) => reserve(trx, call, reservation)),
    ...responses({ read, write }),
    settle: (call, actual) =>
      write((trx) =>
        book(trx, call, {
          ...actual,
          cachedTokens: actual.cachedTokens ?? 0,
          state: 'settled',
          amount: actual.microUsd,
        }),
      ),
    giveUp: (call) => write((trx) => book(trx, call, worstCase)),
    release: (call) => write((trx) => book(trx, call, { ...worstCase, state: 'released', amount: 0 })),
    expire: (now) =>
      write(async (trx) => {
        const lines = await trx
          .selectFrom('ledger')
          .selectAll()
          .where('state', '=', 'held')
          .where('lease_until', '<', now)
          .where('response', 'is', null)
          .execute();
        for (const line of lines) await book(trx, callOf(line), worstCase);
        return lines.length;
      }),
    wait: (wait) => write((trx) => addWait(trx, wait)),
    endWait: (runKey, at) => write((trx) => endWait(trx, runKey, at)),
    raise: (raise) => write((trx) => addRaise(trx, raise)),
    raised: (budget) => raisedBy(read, budget),
    reconcile: () => write(reconcileBudgets),
    spent: (runKey) => usedOf(read, `run:${runKey}`),
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
  if (known !== undefined && known.state !== 'held') return { kind: 'booked' };
  if (known !== undefined) return { kind: 'held', ...(known.response === null ? {} : { response: known.response }) };
  const inFlight = tries.find(({ state, response }) => state === 'held' && response !== null);
  // Routing may ask another model this time: then what is in flight is no answer of its.
  if (inFlight?.response && inFlight.execution === call.execution && inFlight.model === reservation.model) {
    await takeOver(trx, inFlight, call, reservation.leaseUntil);
    return { kind: 'held', response: inFlight.response };
  }
  // A new try of a call, or the same call after a reset, means that the one before died in flight: it may have been charged.
  for (const line of tries) if (line.state === 'held') await book(trx, callOf(line), worstCase);
  const { model, microUsd: reserved, tenant = null, at, leaseUntil } = reservation;
  const dear = await refusedCall(trx, reservation);
  if (dear !== undefined) return dear;
  const taken = await takeFromAll(trx, reservation.budgets, reserved);
  if (taken.kind === 'refused') return taken;
  const budgets = JSON.stringify(reservation.budgets.map(({ id }) => id));
  await insertLine(trx, { ...call, model, reserved, tenant, budgets, at, leaseUntil });
  return { kind: 'held', ...(taken.low.length === 0 ? {} : { low: taken.low }) };
}

/** Refuses a call that may cost more at worst than any one call of its run may. */
async function refusedCall(
  trx: Kysely<Tables>,
  { callCap, microUsd }: Pick<Parameters<Ledger['reserve']>[1], 'callCap' | 'microUsd'>,
): Promise<{ kind: 'refused'; budget: string; capMicroUsd: number; usedMicroUsd: number } | undefined> {
  if (callCap === undefined || microUsd <= callCap.capMicroUsd) return undefined;
  const capMicroUsd = callCap.capMicroUsd + (await raisedBy(trx, callCap.id));
  return microUsd <= capMicroUsd ? undefined : { kind: 'refused', budget: callCap.id, capMicroUsd, usedMicroUsd: 0 };
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

/** Moves a held line to its final state, once; one that is booked already stays as it is. */
async function book(trx: Kysely<Tables>, call: CallKey, booking: Booking): Promise<void> {
  const [line] = await bookLine(trx, { ...call, ...booking });
  if (line !== undefined) await bookBudgets(trx, line);
}

/** Books a run's calls that are still held at their worst case, because nobody lives who could settle them. What a provider can be asked about is left to the sweep, at once. */
export async function giveUpHeld(trx: Kysely<Tables>, runKey: string): Promise<void> {
  for (const line of await selectHeld(trx, { runKey })) {
    if (line.response === null) await book(trx, callOf(line), worstCase);
    else await endLease(trx, line);
  }
}

async function endLease(trx: Kysely<Tables>, line: Selectable<Tables['ledger']>): Promise<void> {
  await trx
    .updateTable('ledger')
    .set({ lease_until: 0 })
    .where((row) => row.and(keyOf(callOf(line))))
    .execute();
}
