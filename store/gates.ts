import type { Insertable, Kysely } from 'kysely';
import type { Digest } from '../contract/names.ts';
import { digestOf } from './artefacts.ts';
import { addAudit } from './audit.ts';
import { addLessons, countLessons } from './lessons.ts';
import type { Gates, GateVersion, NewDecision } from './ports.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';
import type { Database } from './group-commit.ts';

const insertGate = prepared((database, gate: Omit<GateVersion, 'audit'> & { readonly audit: number }) =>
  database
    .insertInto('gates')
    .values({
      run_key: gate.runKey,
      gate: gate.gate,
      digest: gate.digest,
      stage: gate.stage,
      artefact: gate.artefact,
      audit: gate.audit,
      because: gate.because,
      opened_at: gate.openedAt,
    })
    .onConflict((on) => on.doNothing()),
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

/** Gates and the decisions on them, in SQL. */
export function sqlGates({ read, write }: Database): Gates {
  return {
    async open(gate) {
      await write((trx) => insertGate(trx, { ...gate, audit: gate.audit ? 1 : 0 }));
    },
    decide: (decided) =>
      write(async (trx) => {
        await addDecision(trx, decided);
        return await countLessons(trx, decided.runKey);
      }),
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
        }
      );
    },
    async approved(runKey, artefact) {
      const row = await read
        .selectFrom('decisions')
        .innerJoin('gates', (on) =>
          on.onRef('gates.run_key', '=', 'decisions.run_key').onRef('gates.digest', '=', 'decisions.digest'),
        )
        .select('decisions.digest')
        .where('decisions.run_key', '=', runKey)
        .where('decisions.decision', '=', 'approve')
        .where('gates.artefact', '=', artefact)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** Writes a decision with its lessons; the same one again changes nothing. */
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
  await addLessons(trx, lessons);
}
