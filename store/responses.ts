import type { Database } from './group-commit.ts';
import { callOf, keyOf } from './ledger-key.ts';
import type { CallKey, Ledger } from './ledger-port.ts';
import { prepared } from './prepared.ts';

const noteResponse = prepared((database, noted: CallKey & { readonly response: string }) =>
  database
    .updateTable('ledger')
    .set({ response: noted.response })
    .where((row) => row.and(keyOf(noted)))
    .where('state', '=', 'held'),
);

/** What the ledger knows of responses that a provider makes in the background. */
export function responses({ read, write }: Database): Pick<Ledger, 'note' | 'inFlight' | 'isAwaited' | 'lost'> {
  return {
    async note(call, response) {
      await write((trx) => noteResponse(trx, { ...call, response }));
    },
    async inFlight({ runKey, stage, attempt }) {
      const lines = await read
        .selectFrom('ledger')
        .select('call')
        .where('run_key', '=', runKey)
        .where('stage', '=', stage)
        .where('attempt', '=', attempt)
        .where('state', '=', 'held')
        .where('response', 'is not', null)
        .execute();
      return lines.map(({ call }) => call);
    },
    async isAwaited(response, by) {
      const line = await read
        .selectFrom('ledger')
        .select('activity_attempt')
        .where('run_key', '=', by.runKey)
        .where('response', '=', response)
        .where('state', '=', 'held')
        .executeTakeFirst();
      return line !== undefined && line.activity_attempt !== by.activityAttempt;
    },
    async lost(now) {
      const lines = await read
        .selectFrom('ledger')
        .selectAll()
        .where('state', '=', 'held')
        .where('lease_until', '<', now)
        .where('response', 'is not', null)
        .execute();
      return lines.map((line) => {
        return { call: callOf(line), model: line.model, response: line.response ?? '', leaseUntil: line.lease_until };
      });
    },
  };
}
