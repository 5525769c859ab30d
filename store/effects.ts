import type { Kysely } from 'kysely';
import type { Effects } from './ports.ts';
import type { Tables } from './schema.ts';

/** Effects, once each, in SQL. */
export function sqlEffects(database: Kysely<Tables>): Effects {
  return {
    begin: (effect) =>
      database.transaction().execute(async (trx) => {
        const known = await trx.selectFrom('effects').selectAll().where('key', '=', effect.key).executeTakeFirst();
        if (known?.state === 'done') return { kind: 'done', result: JSON.parse(known.result ?? 'null') as unknown };
        if (known !== undefined) return { kind: 'begun' };
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
        return { kind: 'new' };
      }),
    async finish(key, result, at) {
      await database
        .updateTable('effects')
        .set({ state: 'done', result: JSON.stringify(result ?? null), done_at: at })
        .where('key', '=', key)
        .where('state', '=', 'begun')
        .execute();
    },
    async put(topic, key, body) {
      await database
        .insertInto('outbox')
        .values({ topic, key, body: JSON.stringify(body) })
        .onConflict((on) => on.doNothing())
        .execute();
    },
  };
}
