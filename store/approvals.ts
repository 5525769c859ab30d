import { sql, type Kysely, type Selectable } from 'kysely';
import {
  SETTLED_BY,
  type Approval,
  type ApprovalPage,
  type ApprovalQuery,
  type ApprovalState,
} from '../contract/approvals.ts';
import type { Decision } from '../contract/messages.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import { NEVER, policyOf } from './gates.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** What came of taking something in hand. */
export type Claimed =
  | { readonly kind: 'claimed'; readonly until: Timestamp }
  | { readonly kind: 'held'; readonly by: string; readonly until: Timestamp }
  | { readonly kind: 'settled' };

/** What waits for people, and what became of it: gates as people see them. */
export interface Approvals {
  /** A page; claims that are over at `now` are none. */
  list(query: ApprovalQuery, now: Timestamp): Promise<ApprovalPage>;
  find(digest: Digest, now: Timestamp): Promise<Approval | undefined>;
  /** Those whose digest begins so, of a run that is called so where `run` is given; at most two, because one is enough to know that a prefix is not. */
  named(named: { readonly prefix: string; readonly run?: string }, now: Timestamp): Promise<readonly Approval[]>;
  /** How many wait, by loop. */
  pending(): Promise<Readonly<Record<string, number>>>;
  /** Takes something in hand until then, unless another has. */
  claim(digest: Digest, by: string, until: Timestamp, now: Timestamp): Promise<Claimed>;
  /** Lets go of it. */
  release(digest: Digest, by: string): Promise<void>;
}

/** Approvals, in SQL. */
export function sqlApprovals({ read, write }: Database): Approvals {
  const one = async (digest: Digest, now: Timestamp): Promise<Approval | undefined> => {
    const rows = await selectApprovals(read).where('gates.digest', '=', digest).limit(1).execute();
    return (await told(read, rows, now))[0];
  };
  return {
    find: one,
    async list(query, now) {
      const { limit } = query;
      const waiting = ['pending', 'open', 'claimed'].includes(query.state);
      const rows = await chosen(read, query, now, waiting)
        .limit(limit + 1)
        .execute();
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const items = await told(read, rows.slice(0, limit), now);
      return { items, ...(last === undefined ? {} : { next: placeOf(last, waiting) }) };
    },
    async named({ prefix, run }, now) {
      const rows = await selectApprovals(read)
        .where('gates.digest', '>=', prefix)
        .where('gates.digest', '<', `${prefix}g`)
        .$if(run !== undefined, (some) =>
          some.where((where) =>
            where.or([where('workflow_id', '=', run ?? ''), where('gates.run_key', '=', run ?? '')]),
          ),
        )
        .limit(2)
        .execute();
      return await told(read, rows, now);
    },
    async pending() {
      const rows = await read
        .selectFrom('gates')
        .select(({ fn }) => ['loop', fn.countAll<number>().as('n')])
        .where('state', '=', 'open')
        .groupBy('loop')
        .execute();
      return Object.fromEntries(rows.map(({ loop, n }) => [loop ?? '', n]));
    },
    claim: (digest, by, until, now) => write((trx) => claim(trx, { digest, by, until, now })),
    release: (digest, by) =>
      write(async (trx) => {
        const free = { claimed_by: null, claimed_until: null };
        await trx.updateTable('gates').set(free).where('digest', '=', digest).where('claimed_by', '=', by).execute();
      }),
  };
}

async function claim(
  trx: Kysely<Tables>,
  { digest, by, until, now }: { digest: Digest; by: string; until: Timestamp; now: Timestamp },
): Promise<Claimed> {
  const taken = await trx
    .updateTable('gates')
    .set({ claimed_by: by, claimed_until: until })
    .where('digest', '=', digest)
    .where('state', '=', 'open')
    // Who has it keeps it as long as they were told, and not for ever.
    .where((where) => where.or([where('claimed_by', 'is', null), where('claimed_until', '<=', now)]))
    .returning('digest')
    .executeTakeFirst();
  if (taken !== undefined) return { kind: 'claimed', until };
  const row = await trx
    .selectFrom('gates')
    .select(['claimed_by', 'claimed_until'])
    .where('digest', '=', digest)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (row === undefined || row.claimed_by === null) return { kind: 'settled' };
  const held = { by: row.claimed_by, until: row.claimed_until ?? until };
  return held.by === by ? { kind: 'claimed', until: held.until } : { kind: 'held', ...held };
}

function selectApprovals(database: Kysely<Tables>) {
  return database
    .selectFrom('gates')
    .innerJoin('runs', 'runs.run_key', 'gates.run_key')
    .selectAll('gates')
    .select('runs.workflow_id');
}

type Row = Selectable<Tables['gates']> & { readonly workflow_id: string };

function chosen(read: Kysely<Tables>, { state, loop, after }: ApprovalQuery, now: Timestamp, waiting: boolean) {
  const [time = 0, runKey = '', digest = ''] = after === undefined ? [] : placeAt(after);
  const place = waiting ? sql<number>`gates.expires_at` : sql<number>`gates.settled_at`;
  return selectApprovals(read)
    .where('gates.state', waiting ? '=' : '<>', 'open')
    .$if(!waiting && state !== 'settled', (some) => some.where('gates.state', '=', state))
    .$if(state === 'claimed', (some) => some.where('gates.claimed_until', '>', now))
    .$if(state === 'open', (some) =>
      some.where((where) =>
        where.or([where('gates.claimed_until', 'is', null), where('gates.claimed_until', '<=', now)]),
      ),
    )
    .$if(loop !== undefined, (some) => some.where('gates.loop', '=', loop ?? ''))
    .$if(after !== undefined, (some) =>
      waiting
        ? some.where(sql<boolean>`(gates.expires_at, gates.run_key, gates.digest) > (${time}, ${runKey}, ${digest})`)
        : some.where(sql<boolean>`(gates.settled_at, gates.run_key, gates.digest) < (${time}, ${runKey}, ${digest})`),
    )
    .orderBy(place, waiting ? 'asc' : 'desc')
    .orderBy('gates.run_key', waiting ? 'asc' : 'desc')
    .orderBy('gates.digest', waiting ? 'asc' : 'desc');
}

function placeOf(row: Row, waiting: boolean): string {
  return [waiting ? row.expires_at : row.settled_at, row.run_key, row.digest].join('~');
}

function placeAt(after: string): [number, string, string] {
  const [time = '', runKey = '', digest = ''] = after.split('~');
  return [Number(time) || 0, runKey, digest];
}

/** Rows with what was decided about them. */
async function told(read: Kysely<Tables>, rows: readonly Row[], now: Timestamp): Promise<Approval[]> {
  if (rows.length === 0) return [];
  const decisions = await read
    .selectFrom('decisions')
    .select(['run_key', 'digest', 'decision', 'by', 'identity', 'note', 'at', 'body'])
    .where('run_key', 'in', [...new Set(rows.map((row) => row.run_key))])
    .where('digest', 'in', [...new Set(rows.map(({ digest }) => digest))])
    .orderBy('at')
    .execute();
  return rows.map((row) => {
    const own = decisions.filter(({ run_key, digest }) => run_key === row.run_key && digest === row.digest);
    return approvalOf(row, own, now);
  });
}

type DecisionRow = Pick<Selectable<Tables['decisions']>, 'decision' | 'by' | 'identity' | 'note' | 'at' | 'body'>;

function approvalOf(row: Row, decisions: readonly DecisionRow[], now: Timestamp): Approval {
  const approvals = decisions.filter(
    ({ decision, identity }) => decision === 'approve' && (row.signed === 0 || identity === 'signed'),
  );
  const approvedBy = [...new Set(approvals.flatMap(({ by }) => by ?? []))];
  const held = row.state === 'open' && row.claimed_until !== null && row.claimed_until > now;
  const last = decisions.findLast(({ decision }) => decision === SETTLED_BY[row.state as ApprovalState]);
  return {
    digest: row.digest,
    runKey: row.run_key,
    workflowId: row.workflow_id,
    loop: row.loop ?? '',
    gate: row.gate,
    state: held ? 'claimed' : (row.state as ApprovalState),
    stage: row.stage,
    artefact: row.artefact,
    because: row.because,
    audit: row.audit === 1,
    openedAt: row.opened_at,
    ...(row.expires_at === NEVER ? {} : { expiresAt: row.expires_at }),
    ...policyOf(row.policy),
    have: approvedBy.length,
    need: row.need,
    approvedBy,
    ...(held ? { claimedBy: row.claimed_by ?? '', claimedUntil: row.claimed_until ?? 0 } : {}),
    ...(row.settled_at === null ? {} : { decidedAt: row.settled_at }),
    ...(last === undefined ? {} : saidIn(last)),
  };
}

/** Who decided, and what was said with it. */
function saidIn({ by, identity, note, body }: DecisionRow): Partial<Approval> {
  const words = note ?? (JSON.parse(body) as Partial<Decision>).feedback;
  return {
    ...(by === null ? {} : { decidedBy: by }),
    ...(identity === null ? {} : { identity: identity as 'unverified' | 'signed' }),
    ...(words === undefined ? {} : { note: words }),
  };
}
