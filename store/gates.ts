import type { Kysely } from 'kysely';
import { digestOf } from './artefacts.ts';
import { addLessons, countLessons } from './lessons.ts';
import type { Gates, NewLesson } from './ports.ts';
import type { Tables } from './schema.ts';
import type { Database } from './group-commit.ts';

/** Gates and the decisions on them, in SQL. */
export function sqlGates({ read, write }: Database): Gates {
  return {
    async open(gate) {
      await write((trx) =>
        trx
          .insertInto('gates')
          .values({
            run_key: gate.runKey,
            gate: gate.gate,
            digest: gate.digest,
            stage: gate.stage,
            artefact: gate.artefact,
            audit: gate.audit ? 1 : 0,
            because: gate.because,
            opened_at: gate.openedAt,
          })
          .onConflict((on) => on.doNothing())
          .execute(),
      );
    },
    decide: (...decided) => write((trx) => decide(trx, ...decided)),
    async find(runKey, digest) {
      const row = await read
        .selectFrom('gates')
        .selectAll()
        .where('run_key', '=', runKey)
        .where('digest', '=', digest)
        .executeTakeFirst();
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

async function decide(
  trx: Kysely<Tables>,
  gate: Parameters<Gates['decide']>[0],
  decision: Parameters<Gates['decide']>[1],
  lessons: readonly NewLesson[],
): Promise<number> {
  await trx
    .insertInto('decisions')
    .values({
      // Over its words too: after an edit that failed, the same version may be revised again.
      key: digestOf(JSON.stringify([gate.runKey, gate.digest, decision])),
      run_key: gate.runKey,
      gate: gate.gate,
      digest: gate.digest,
      decision: decision.decision,
      by: 'by' in decision ? decision.by : null,
      identity: 'identity' in decision ? decision.identity : null,
      note: 'note' in decision ? (decision.note ?? null) : null,
      body: JSON.stringify(decision),
      at: gate.at,
    })
    .onConflict((on) => on.doNothing())
    .execute();
  await addLessons(trx, lessons);
  return await countLessons(trx, gate.runKey);
}
