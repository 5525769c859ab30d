import type { Cluster } from '../contract/cluster.ts';
import { columns } from './columns.ts';
import { moment } from './figures.ts';
import { plainLine } from './plain-text.ts';

/** A cluster as `lessons clusters --json` prints it: its time in ISO 8601. */
export interface ListedCluster extends Omit<Cluster, 'lastAt'> {
  readonly lastAt: string;
}

/** A cluster as programs read it. */
export function listedCluster({ lastAt, ...rest }: Cluster): ListedCluster {
  return { ...rest, lastAt: new Date(lastAt).toISOString() };
}

const HEADER = ['CLUSTER', 'SAID BY', 'RUNS', 'SHARE', 'LAST', 'CASES', 'CANDIDATE', 'SAID LAST'];

/** Clusters as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function clusterTable(clusters: readonly Cluster[]): string {
  return columns([
    HEADER,
    ...clusters.map(({ cluster, feedback, count, share, lastAt, cases, sealed, candidate, said }) => [
      plainLine(cluster, 60),
      feedback === 'human' ? 'people' : 'verifiers',
      String(count),
      `${Math.round(share * 100)} %`,
      moment(lastAt),
      `${cases} (${sealed} sealed)`,
      candidate === undefined ? '–' : `${candidate.version} ${candidate.state}`,
      plainLine(said, 60),
    ]),
  ]);
}
