import type { Kysely } from 'kysely';
import type { ErasedNames } from './erased-names.ts';
import type { Database } from './group-commit.ts';
import type { Effects } from './ports.ts';
import type { Tables } from './schema.ts';

const DAY_MS = 86_400_000;

/** Effects, once each, in SQL. */
export function sqlEffects({ write }: Database, names: ErasedNames): Effects {
  /** A key, and what it became where it was erased. */
  const called = (key: string): string[] => [key, names.ofEffect(key) ?? key];
  return {
    begin: (effect) =>
      write(async (trx) => {
        const known = await trx
          .selectFrom('effects')
          .selectAll()
          .where('key', 'in', called(effect.key))
          .executeTakeFirst();
        if (known?.state === 'done') {
          return { kind: 'done', artefact: known.artefact, result: JSON.parse(known.result ?? 'null') as unknown };
        }
        if (known !== undefined) return { kind: 'begun' };
        const { aDay } = effect;
        const count = aDay === undefined ? 0 : await begunThatDay(trx, { ...effect, loop: aDay.loop });
        if (aDay !== undefined && count >= aDay.count) return { kind: 'capped', count };
        await trx
          .insertInto('effects')
          .values({
            key: effect.key,
            run_key: effect.runKey,
            name: effect.name,
            artefact: effect.artefact,
            state: 'begun',
            begun_at: effect.at,
          })
          .execute();
        return { kind: (await isDoubtful(trx, effect.key, names)) ? 'begun' : 'new' };
      }),
    async finish(key, result, at) {
      await write((trx) =>
        trx
          .updateTable('effects')
          .set({ state: 'done', result: JSON.stringify(result ?? null), done_at: at })
          .where('key', 'in', called(key))
          .where('state', '=', 'begun')
          .execute(),
      );
    },
    doubt: (since) => write((trx) => doubtOpenWork(trx, since)),
    async put(topic, key, body) {
      await write(async (trx) => {
        const erased = names.of(key);
        if (erased !== undefined && (await hasRow(trx, topic, erased))) return;
        await trx
          .insertInto('outbox')
          .values({ topic, key, body: JSON.stringify(body) })
          .onConflict((on) => on.doNothing())
          .execute();
      });
    },
  };
}

async function begunThatDay(
  trx: Kysely<Tables>,
  { loop, name, at }: { readonly loop: string; readonly name: string; readonly at: number },
): Promise<number> {
  const { n } = await trx
    .selectFrom('effects')
    .innerJoin('runs', 'runs.run_key', 'effects.run_key')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('runs.loop', '=', loop)
    .where('effects.name', '=', name)
    .where('effects.begun_at', '>=', at - (at % DAY_MS))
    .executeTakeFirstOrThrow();
  return n;
}

async function doubtOpenWork(trx: Kysely<Tables>, since: number): Promise<number> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('doubts')
    .columns(['work_key', 'since'])
    .expression((from) =>
      from
        .selectFrom('runs')
        .select((row) => ['work_key', row.val(since).as('since')])
        .distinct()
        .where('closed_at', 'is', null)
        .where('dry_run', '=', 0),
    )
    .onConflict((on) => on.doNothing())
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}

/** Whether the work was in progress in the moment that this store was copied. */
async function isDoubtful(trx: Kysely<Tables>, key: string, names: ErasedNames): Promise<boolean> {
  const work = key.slice(0, key.lastIndexOf('/'));
  const row = await trx
    .selectFrom('doubts')
    .select('since')
    .where('work_key', 'in', [work, names.of(work) ?? work])
    .executeTakeFirst();
  return row !== undefined;
}

async function hasRow(trx: Kysely<Tables>, topic: string, key: string): Promise<boolean> {
  const row = await trx
    .selectFrom('outbox')
    .select('key')
    .where('topic', '=', topic)
    .where('key', '=', key)
    .executeTakeFirst();
  return row !== undefined;
}
