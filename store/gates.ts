import type { Insertable, Kysely } from 'kysely';
import { sql } from 'kysely';
import { GatePolicy, type ApprovalState } from '../contract/approvals.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import { digestOf } from './artefacts.ts';
import { addAudit } from './audit.ts';
import { addLessons, countLessons } from './lessons.ts';
import type { Gates, GateVersion, NewDecision, RefusedDecision } from './ports.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';
import type { Database } from './group-commit.ts';

/** When gates without a policy expire: they are listed last. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** A version as its columns hold it. */
type GateRow = Omit<Insertable<Tables['gates']>, 'claimed_by' | 'claimed_until' | 'settled_at' | 'state' | 'loop'>;

const insertGate = prepared((database, row: GateRow) =>
  database
    .insertInto('gates')
    .values({
      run_key: row.run_key,
      gate: row.gate,
      digest: row.digest,
      stage: row.stage,
      artefact: row.artefact,
      audit: row.audit,
      because: row.because,
      opened_at: row.opened_at,
      loop: sql<string>`(select loop from runs where runs.run_key = ${row.run_key})`,
      policy: row.policy,
      need: row.need,
      signed: row.signed,
      expires_at: row.expires_at,
    })
    .onConflict((on) =>
      on
        .columns(['run_key', 'digest'])
        .doUpdateSet((again) => ({
          state: 'open',
          because: again.ref('excluded.because'),
          opened_at: again.ref('excluded.opened_at'),
          expires_at: again.ref('excluded.expires_at'),
          settled_at: null,
          claimed_by: null,
          claimed_until: null,
        }))
        // Whoever repeats an opening of before a decision, a worker that was stopped for a while, changes nothing.
        .where('gates.state', '<>', 'open')
        .whereRef('gates.settled_at', '<=', 'excluded.opened_at'),
    ),
);

const supersede = prepared((database, row: { runKey: string; gate: string; digest: Digest; at: Timestamp }) =>
  database
    .updateTable('gates')
    .set({ state: 'superseded', settled_at: row.at })
    .where('run_key', '=', row.runKey)
    .where('gate', '=', row.gate)
    .where('digest', '<>', row.digest)
    .where('state', '=', 'open')
    .where('opened_at', '<=', row.at),
);

const selectGate = prepared((database, { runKey, digest }: { runKey: string; digest: Digest }) =>
  database.selectFrom('gates').selectAll().where('run_key', '=', runKey).where('digest', '=', digest),
);

const insertDecision = prepared((database, row: Insertable<Tables['decisions']>) =>
  database
    .insertInto('decisions')
    .values({
      key: row.key,
      run_key: row.run_key,
      gate: row.gate,
      digest: row.digest,
      decision: row.decision,
      by: row.by,
      identity: row.identity,
      note: row.note,
      body: row.body,
      at: row.at,
    })
    .onConflict((on) => on.doNothing())
    .returning('key'),
);

const settle = prepared((database, row: { runKey: string; digest: Digest; at: Timestamp; state: ApprovalState }) =>
  database
    .updateTable('gates')
    .set({ state: row.state, settled_at: row.at })
    .where('run_key', '=', row.runKey)
    .where('digest', '=', row.digest)
    .where('state', '=', 'open')
    .where('opened_at', '<=', row.at)
    // An approval settles a gate once enough people have given theirs; anything else does at once.
    .where((where) => where.or([where(sql<string>`${row.state}`, '<>', 'approved'), enough()]))
    // Runs of an older program do not say that a revision came to nothing: their versions wait until another comes.
    .where((where) =>
      where.or([
        where(sql<string>`${row.state}`, 'not in', ['edited', 'answered']),
        where('gates.policy', 'is not', null),
      ]),
    ),
);

const cancel = prepared((database, { runKey, at }: { runKey: string; at: Timestamp }) =>
  database
    .updateTable('gates')
    .set({ state: 'cancelled', settled_at: at })
    .where('run_key', '=', runKey)
    .where('state', '=', 'open'),
);

/** Whether as many people have approved a row of `gates` as have to, signed where that was asked. */
function enough() {
  return sql<boolean>`gates.need <= (select count(distinct d.by) from decisions d
    where d.run_key = gates.run_key and d.digest = gates.digest and d.decision = 'approve'
      and (gates.signed = 0 or d.identity = 'signed'))`;
}

/** Gates and the decisions on them, in SQL. */
export function sqlGates({ read, write }: Database): Gates {
  return {
    async open(gate) {
      const { runKey, digest, openedAt } = gate;
      await write(async (trx) => {
        await supersede(trx, { runKey, gate: gate.gate, digest, at: openedAt });
        await insertGate(trx, rowOf(gate));
      });
    },
    decide: (decided) =>
      write(async (trx) => {
        await addDecision(trx, decided);
        return await countLessons(trx, decided.runKey);
      }),
    refuse: (refused) => write((trx) => addRefusal(trx, refused)),
    async find(runKey, digest) {
      const [row] = await selectGate(read, { runKey, digest });
      return (
        row && {
          runKey,
          gate: row.gate,
          digest,
          stage: row.stage,
          artefact: row.artefact,
          audit: row.audit === 1,
          because: row.because,
          openedAt: row.opened_at,
          ...policyOf(row.policy),
        }
      );
    },
    async approved(runKey, artefact) {
      const row = await read
        .selectFrom('gates')
        .select('digest')
        .where('run_key', '=', runKey)
        .where('artefact', '=', artefact)
        .where(enough())
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** The policy that a row holds. */
export function policyOf(text: string | null): { policy?: GatePolicy } {
  return text === null ? {} : { policy: GatePolicy.parse(JSON.parse(text)) };
}

function rowOf({ policy, ...gate }: GateVersion): GateRow {
  return {
    run_key: gate.runKey,
    gate: gate.gate,
    digest: gate.digest,
    stage: gate.stage,
    artefact: gate.artefact,
    audit: gate.audit ? 1 : 0,
    because: gate.because,
    opened_at: gate.openedAt,
    policy: policy === undefined ? null : JSON.stringify(policy),
    need: policy?.quorum ?? 1,
    signed: policy?.signed === true ? 1 : 0,
    expires_at: policy === undefined ? NEVER : gate.openedAt + policy.expiresAfterMs,
  };
}

/** Writes a decision with its lessons, and what becomes of the gate; the same one again changes nothing. */
export async function addDecision(trx: Kysely<Tables>, decided: NewDecision): Promise<void> {
  const { runKey, gate, digest, decision, lessons, at } = decided;
  const by = 'by' in decision ? decision.by : null;
  const identity = 'identity' in decision ? decision.identity : null;
  const [isNew] = await insertDecision(trx, {
    // Over its words too: after an edit that failed, the same version may be revised again.
    key: digestOf(JSON.stringify([runKey, digest, decision])),
    run_key: runKey,
    gate,
    digest,
    decision: decision.decision,
    by,
    identity,
    note: 'note' in decision ? (decision.note ?? null) : null,
    body: JSON.stringify(decision),
    at,
  });
  if (isNew !== undefined)
    await addAudit(trx, {
      at,
      kind: 'decision',
      body: { run: runKey, gate, digest, decision: decision.decision, by, identity },
    });
  await settle(trx, { runKey, digest, at, state: stateAfter(decision) });
  await addLessons(trx, lessons);
}

async function addRefusal(trx: Kysely<Tables>, refused: RefusedDecision): Promise<void> {
  const { runKey, gate, digest, decision, code, by, via, at } = refused;
  const isNew = await trx
    .insertInto('refusals')
    .values({
      key: digestOf(JSON.stringify([runKey, digest, decision, code, by, via])),
      run_key: runKey,
      gate,
      digest,
      decision,
      code,
      why: refused.why,
      by,
      via,
      at,
    })
    .onConflict((on) => on.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (isNew === undefined) return;
  await addAudit(trx, { at, kind: 'refusal', body: { run: runKey, gate, digest, decision, code, by, via } });
}

/** What still waits of a run that has ended waits for nobody. */
export async function cancelGates(trx: Kysely<Tables>, of: { runKey: string; at: Timestamp }): Promise<void> {
  await cancel(trx, of);
}

function stateAfter(decision: NewDecision['decision']): ApprovalState {
  switch (decision.decision) {
    case 'approve':
      return 'approved';
    case 'reject':
      return 'rejected';
    case 'expire':
      return 'expired';
    case 'revise':
      return decision.output === undefined ? 'answered' : 'edited';
  }
}
