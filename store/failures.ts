import { sql } from 'kysely';
import type { CandidateState } from '../contract/candidate.ts';
import { CLUSTER_WINDOW, type Cluster, type Failure } from '../contract/cluster.ts';
import { ERASED } from '../contract/erasure.ts';
import type { Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';

/** Runs of its own that a cluster names. */
const NAMED = 5;

/** In which ways runs of loops went wrong. */
export interface Failures {
  /** Clusters of a loop's newest failures up to a time, see {@link CLUSTER_WINDOW}: the most frequent first. */
  clusters(loop: string, now: Timestamp): Promise<readonly Cluster[]>;
  /** Names of the clusters that newest failures of a loop are in, however old; newest first, at most `limit`. */
  names(loop: string, limit: number): Promise<readonly string[]>;
}

/** Failures, in SQL. */
export function sqlFailures({ read }: Database): Failures {
  return {
    async clusters(loop, now) {
      const rows = await read
        .selectFrom('failures')
        .innerJoin('lessons', 'lessons.id', 'failures.lesson')
        .select(['failures.cluster', 'failures.feedback', 'failures.run_key', 'failures.at', 'lessons.text'])
        .where('failures.loop', '=', loop)
        .where('failures.cluster', '<>', ERASED)
        .where('failures.at', '>=', now - CLUSTER_WINDOW.days * 86_400_000)
        .orderBy('failures.lesson', 'desc')
        .limit(CLUSTER_WINDOW.newest)
        .execute();
      const [left, candidates] = await Promise.all([casesLeft(read, loop), candidatesFor(read, loop)]);
      const all = new Set(rows.map(({ cluster, run_key }) => `${run_key} ${cluster}`)).size;
      const groups = [...Map.groupBy(rows, ({ cluster }) => cluster)];
      return groups
        .map(([cluster, of]): Cluster => {
          const candidate = candidates.get(cluster);
          const runs = [...new Set(of.map(({ run_key }) => run_key))];
          return {
            loop,
            cluster,
            feedback: of[0]?.feedback as Failure['feedback'],
            count: runs.length,
            share: runs.length / all,
            runs: runs.slice(0, NAMED),
            said: of[0]?.text ?? '',
            lastAt: of[0]?.at ?? 0,
            cases: left.get(cluster)?.cases ?? 0,
            sealed: left.get(cluster)?.sealed ?? 0,
            ...(candidate === undefined ? {} : { candidate }),
          };
        })
        .toSorted((a, b) => b.count - a.count || b.lastAt - a.lastAt || (a.cluster < b.cluster ? -1 : 1));
    },
    async names(loop, limit) {
      const rows = await read
        .selectFrom('failures')
        .select('cluster')
        .where('loop', '=', loop)
        .where('cluster', '<>', ERASED)
        .groupBy('cluster')
        .orderBy(({ fn }) => fn.max('lesson'), 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ cluster }) => cluster);
    },
  };
}

async function casesLeft(
  read: Database['read'],
  loop: string,
): Promise<ReadonlyMap<string, { readonly cases: number; readonly sealed: number }>> {
  const rows = await read
    .selectFrom('cases')
    .select([
      'cluster',
      ({ fn }) => fn.countAll<number>().as('cases'),
      ({ fn }) => fn.sum<number>('sealed').as('sealed'),
    ])
    .where('loop', '=', loop)
    .where('cluster', 'is not', null)
    .where('erased_at', 'is', null)
    .groupBy('cluster')
    .execute();
  return new Map(rows.map(({ cluster, ...counts }) => [cluster ?? '', counts]));
}

async function candidatesFor(
  read: Database['read'],
  loop: string,
): Promise<ReadonlyMap<string, NonNullable<Cluster['candidate']>>> {
  const rows = await read
    .selectFrom('candidates')
    .select(['digest', 'version', 'state', sql<string | null>`json_extract(manifest, '$.cluster')`.as('cluster')])
    .where('loop', '=', loop)
    .orderBy('version')
    .execute();
  return new Map(
    rows.map(({ cluster, digest, version, state }) => [
      cluster ?? '',
      { digest, version: `v${version}`, state: state as CandidateState },
    ]),
  );
}
