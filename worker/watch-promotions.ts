import type { Client } from '@temporalio/client';
import type { Dependencies } from '../activities/dependencies.ts';
import { beginWatch } from '../activities/improve/watch.ts';
import { TASK_QUEUE } from '../contract/names.ts';
import { ImproveInput } from '../loops/improve/input.ts';
import type { WatchInput } from '../workflows/watch-harness.ts';
import { startOnce } from './start-once.ts';

/** How long `improve` has to begin its own watch of what it promoted, in milliseconds. */
const IMPROVE_BEGINS_MS = 60_000;

/** Watches of a loop that are looked at. */
const NEWEST = 100;

/**
 * Begins to watch what was promoted past `improve`, by a person, and nobody watches: it is the promotion that needs it most.
 * Each promotion once, whoever is killed when.
 */
export async function watchPromotions(
  deps: Dependencies,
  client: Client,
  taskQueue: string = TASK_QUEUE,
): Promise<void> {
  for (const loop of deps.loops.keys()) await watchNewest(deps, { loop, client, taskQueue });
}

async function watchNewest(
  deps: Dependencies,
  { loop, client, taskQueue }: { readonly loop: string; readonly client: Client; readonly taskQueue: string },
): Promise<void> {
  const { harnesses, candidates, experiments } = deps.store;
  const [move] = await harnesses.moves(loop, 1);
  const at = deps.now();
  if (move?.kind !== 'promotion' || move.from === undefined || at - move.at < IMPROVE_BEGINS_MS) return;
  const id = `watch-${loop}-${move.to}-${move.at}`;
  const watch = (await experiments.list({ loop, limit: NEWEST })).find(
    ({ kind, candidate, openedAt }) => kind === 'watch' && candidate === move.to && openedAt >= move.at,
  );
  if (watch !== undefined && (watch.id !== id || watch.state === 'closed')) return;
  const candidate = await candidates.ofVersion(loop, move.to);
  const { budgetUsd, everyMinutes } = ImproveInput.parse({ loop });
  const promoted = { id, loop, from: move.from, to: move.to, candidate, budgetUsd, everyMinutes, at };
  const { experiment, everyMs } = await beginWatch(deps, promoted);
  const input: WatchInput = { experiment, everyMs };
  await startOnce(client, { type: 'watchHarness', workflowId: id, taskQueue, input });
}
