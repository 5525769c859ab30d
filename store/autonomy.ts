import type { Selectable } from 'kysely';
import { AutonomyGrant } from '../contract/autonomy.ts';
import { addAudit } from './audit.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** Levels that the record granted loops. Nothing is changed or deleted: the newest counts. */
export interface Autonomy {
  /** Records a level, and puts it on the audit log, unless the newest of the loop is the same one; answers the newest. */
  grant(grant: AutonomyGrant): Promise<AutonomyGrant>;
  /** The newest level of a loop; undefined where none was ever granted. */
  newest(loop: string): Promise<AutonomyGrant | undefined>;
  /** Levels of a loop, newest first. */
  list(loop: string, limit: number): Promise<readonly AutonomyGrant[]>;
}

/** Levels that the record granted loops, in SQL. */
export function sqlAutonomy({ read, write }: Database): Autonomy {
  const list = async (database: typeof read, loop: string, limit: number): Promise<AutonomyGrant[]> => {
    const rows = await database
      .selectFrom('autonomy')
      .selectAll()
      .where('loop', '=', loop)
      .orderBy('at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(grantOf);
  };
  return {
    grant: (grant) =>
      write(async (trx) => {
        const [newest] = await list(trx, grant.loop, 1);
        if (newest !== undefined && (newest.level === grant.level || newest.at >= grant.at)) return newest;
        const { loop, level, because, at, ...figures } = grant;
        await trx
          .insertInto('autonomy')
          .values({ loop, level, because, at, figures: JSON.stringify(figures) })
          .execute();
        await addAudit(trx, { at, kind: 'autonomy', body: { loop, level, from: newest?.level ?? null, because } });
        return grant;
      }),
    newest: async (loop) => (await list(read, loop, 1))[0],
    list: (loop, limit) => list(read, loop, limit),
  };
}

function grantOf({ figures, ...row }: Selectable<Tables['autonomy']>): AutonomyGrant {
  return AutonomyGrant.parse({ ...row, ...(JSON.parse(figures) as object) });
}
