import { Hono } from 'hono';
import type { BriefFacts } from '../contract/brief.ts';
import type { KeptCase } from '../contract/case.ts';
import type { Cluster } from '../contract/cluster.ts';
import type { Store } from '../store/ports.ts';
import { refusal } from './refusals.ts';

/** What these routes stand on. */
interface BriefRoutesOptions {
  readonly store: Pick<Store, 'harnesses' | 'loopBook' | 'failures' | 'cases' | 'candidates'>;
  readonly now: () => number;
}

/** How much of each is told: a brief is to be read. */
const MOST = { clusters: 20, cases: 200, candidates: 50, decisions: 200, runs: 5 } as const;

/** `GET /api/briefs/<loop>`: what a brief for whoever changes the loop's code is made from; nothing of a sealed case. */
export function briefRoutes({ store, now }: BriefRoutesOptions): Hono {
  return new Hono().get('/:loop', async (context) => {
    const facts = await briefFacts(store, context.req.param('loop'), now());
    if (facts !== undefined) return context.json(facts);
    return refusal(context, 404, 'NotFound', `This record has no loop "${context.req.param('loop')}".`);
  });
}

async function briefFacts(
  { harnesses, loopBook, failures, cases, candidates }: BriefRoutesOptions['store'],
  loop: string,
  at: number,
): Promise<BriefFacts | undefined> {
  const current = await harnesses.current(loop);
  if (current === undefined) return undefined;
  const [[figures], decisions, clusters, shown, proposed] = await Promise.all([
    loopBook.figures(new Date(at).toISOString().slice(0, 10), loop),
    loopBook.decisions(loop, MOST.decisions),
    failures.clusters(loop, at),
    cases.list({ loop, sealed: false }),
    candidates.list({ loop, limit: MOST.candidates }),
  ]);
  const failing = shown.filter(({ cluster }) => cluster !== undefined).toReversed();
  return {
    loop,
    harness: `v${current.version}`,
    at,
    outcomes: { ...figures?.outcomes },
    costMicroUsd: figures?.costMicroUsd ?? 0,
    decisions,
    clusters: clusters.slice(0, MOST.clusters).map((cluster) => unsealed(cluster, failing)),
    cases: failing.slice(0, MOST.cases),
    candidates: [...proposed],
  };
}

/** A cluster with the runs and words of cases that are shown: whoever reads a brief is a proposer. */
function unsealed(cluster: Cluster, failing: readonly KeptCase[]): Cluster {
  const own = failing.filter((one) => one.cluster === cluster.cluster);
  const runs = own.flatMap(({ runKey }) => runKey ?? []).slice(0, MOST.runs);
  return { ...cluster, runs, said: own[0]?.note ?? '' };
}
