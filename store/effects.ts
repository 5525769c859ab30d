import type { Effects } from './ports.ts';
import type { Database } from './group-commit.ts';

/** Effects, once each, in SQL. */
export function sqlEffects({ write }: Database): Effects {
  return {
    begin: (effect) =>
      write(async (trx) => {
        const known = await trx.selectFrom('effects').selectAll().where('key', '=', effect.key).executeTakeFirst();
        if (known?.state === 'done') {
          return { kind: 'done', artefact: known.artefact, result: JSON.parse(known.result ?? 'null') as unknown };
        }
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
      await write((trx) =>
        trx
          .updateTable('effects')
          .set({ state: 'done', result: JSON.stringify(result ?? null), done_at: at })
          .where('key', '=', key)
          .where('state', '=', 'begun')
          .execute(),
      );
    },
    async put(topic, key, body) {
      await write((trx) =>
        trx
          .insertInto('outbox')
          .values({ topic, key, body: JSON.stringify(body) })
          .onConflict((on) => on.doNothing())
          .execute(),
      );
    },
  };
}
