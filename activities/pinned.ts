import { LRUCache } from 'lru-cache';
import { Harness } from '../contract/harness.ts';
import { failure } from '../contract/failures.ts';
import { nearest } from '../core/nearest.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import type { HarnessVersion, Store } from '../store/ports.ts';
import type { Dependencies, LoopEntry } from './dependencies.ts';

/** What was pinned for runs, by store and run: it never changes. */
const runs = new WeakMap<Store, LRUCache<string, PinnedRun>>();

/** What was pinned for a run. @throws `ArtefactMissing` when this store has no such run. */
export async function pinnedRun(deps: Dependencies, runKey: string): Promise<PinnedRun> {
  const cache = runs.get(deps.store) ?? new LRUCache<string, PinnedRun>({ max: 2000 });
  runs.set(deps.store, cache);
  const known = cache.get(runKey);
  if (known !== undefined) return known;
  const recorded = await deps.store.runs.find(runKey);
  if (recorded === undefined) {
    throw failure(
      'ArtefactMissing',
      `Run ${runKey} is not in the store: this is another data folder than it was started on.`,
    );
  }
  const pinned = pick(recorded);
  cache.set(runKey, pinned);
  return pinned;
}

/** Only what is pinned. */
export function pick(run: PinnedRun): PinnedRun {
  const { runKey, loop, workKey, input, harness, watermark, prices, budgetMicroUsd, dryRun, asOf } = run;
  return {
    runKey,
    loop,
    workKey,
    input,
    harness,
    watermark,
    prices,
    budgetMicroUsd,
    dryRun,
    asOf,
    ...(run.withoutLessons === undefined ? {} : { withoutLessons: run.withoutLessons }),
    ...(run.tenant === undefined ? {} : { tenant: run.tenant }),
    ...(run.judges === undefined ? {} : { judges: run.judges }),
    ...(run.autonomy === undefined ? {} : { autonomy: run.autonomy }),
  };
}

/** Parsed harness versions by store; a version changes by an erasure only, and nobody writes to what is handed out. */
const harnesses = new WeakMap<Store, LRUCache<string, Harness>>();

/** How long a run waits before it asks again for a worker that has its loop, in milliseconds: a person has to start one. */
const LOOP_BACK_MS = 60_000;

/** The loop of a run that is open. @throws `LoopMissing`, tried again: a worker without it was started in between. */
export function entryOf(deps: Dependencies, name: string): LoopEntry {
  const entry = deps.loops.get(name);
  if (entry !== undefined) return entry;
  throw failure(
    'LoopMissing',
    `Loop "${name}" does not run on this worker, and this run needs it to go on. Start a worker that has it (\`loopwright up --loops DIR\`), or mend the mistake that keeps it from running; the run waits about ten minutes.`,
    { retryAfterMs: LOOP_BACK_MS },
  );
}

/** The loop that a run is opened for. @throws `UnknownLoop` with the likeliest name and all of them; how one is given is up to who started the run. */
export function knownLoop(deps: Dependencies, name: string): LoopEntry {
  const entry = deps.loops.get(name);
  if (entry !== undefined) return entry;
  throw failure('UnknownLoop', `There is no loop "${name}" on this worker. ${likely(name, [...deps.loops.keys()])}`);
}

function likely(name: string, loops: readonly string[]): string {
  const meant = nearest(name, loops);
  return `${meant === undefined ? '' : `Did you mean "${meant}"? `}It runs: ${loops.toSorted().join(', ')}.`;
}

/** A stored text. @throws `ArtefactMissing` when it is not there (any more). */
export async function textOf(deps: Dependencies, digest: Digest, what: string): Promise<string> {
  const text = await deps.store.artefacts.get(digest);
  if (text !== undefined) return text;
  throw failure(
    'ArtefactMissing',
    `${what} (${digest}) is not in the store: it expired, or this is another data folder than the run was started on.`,
  );
}

/** The run's input. */
export async function inputOf(deps: Dependencies, run: PinnedRun): Promise<unknown> {
  return JSON.parse(await textOf(deps, run.input, 'The input of the run'));
}

/** The harness version that the run is pinned to. */
export async function harnessOf(deps: Dependencies, run: PinnedRun): Promise<Harness> {
  await forgetErased(deps);
  const known = harnesses.get(deps.store)?.get(`${run.loop} ${run.harness}`);
  if (known !== undefined) return known;
  const version = await deps.store.harnesses.find(run.loop, run.harness);
  if (version?.body === null)
    throw failure(
      'InvalidHarness',
      `Harness ${run.harness} of loop ${run.loop} was erased, because it named somebody.`,
    );
  if (version !== undefined) return parsedHarness(deps, version);
  throw failure('InvalidHarness', `Harness ${run.harness} of loop ${run.loop} is not in this store.`);
}

/** How much had been erased when harnesses were parsed. */
const erasuresSeen = new WeakMap<Store, number>();

/** What was parsed before an erasure may hold what was erased. */
async function forgetErased({ store }: Dependencies): Promise<void> {
  const erasures = await store.lessons.erasures();
  if (erasuresSeen.get(store) !== erasures) harnesses.get(store)?.clear();
  erasuresSeen.set(store, erasures);
}

/** The harness of a version, parsed once. */
export function parsedHarness(deps: Dependencies, { loop, version, body }: HarnessVersion): Harness {
  const parsed = harnesses.get(deps.store) ?? new LRUCache<string, Harness>({ max: 200 });
  harnesses.set(deps.store, parsed);
  const key = `${loop} v${version}`;
  if (body === null) throw failure('InvalidHarness', `${key} was erased: nothing can run on it any more.`);
  const harness = parsed.get(key) ?? Harness.parse(body);
  parsed.set(key, harness);
  return harness;
}

/** What earlier stages made, by stage. */
export async function earlierOf(
  deps: Dependencies,
  earlier: Readonly<Record<string, Digest>>,
): Promise<Record<string, unknown>> {
  const entries = Object.entries(earlier).map(
    async ([stage, digest]) =>
      [stage, JSON.parse(await textOf(deps, digest, `What stage ${stage} made`)) as unknown] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
