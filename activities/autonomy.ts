import type { AutonomyGrant, AutonomyLevel } from '../contract/autonomy.ts';
import type { Harness } from '../contract/harness.ts';
import type { JudgeRecord } from '../contract/judges.ts';
import type { Timestamp } from '../contract/names.ts';
import { AUDITED_WINDOW, grantedBy, lowerLevel } from '../core/learning/autonomy.ts';
import { criticalIn, shownBy } from '../core/review/shown.ts';
import type { HarnessVersion, Store } from '../store/ports.ts';
import type { Dependencies, LoopEntry } from './dependencies.ts';
import { parsedHarness } from './pinned.ts';
import { evalsFor } from './verifiers/stage-evals.ts';

/** Newest runs in which critical findings are looked for. */
const RUNS = 200;

/** So long what was found critical counts for runs that open, in milliseconds: to look takes some 25 ms, which not every run should wait for. */
const CRITICAL_COUNTS_MS = 30_000;

/** What was found critical, by store and loop. */
const found = new WeakMap<Store, Map<string, { readonly at: Timestamp; readonly critical: readonly string[] }>>();

/**
 * How much a run that opens now does by itself: what the harness allows, and no more than the record grants at this moment.
 * Undefined where the harness says nothing of it, and its approval rule alone decides.
 */
export async function autonomyOf(
  deps: Dependencies,
  entry: LoopEntry,
  version: HarnessVersion,
): Promise<AutonomyLevel | undefined> {
  const harness = parsedHarness(deps, version);
  if (harness.autonomy === undefined) return undefined;
  return lowerLevel(harness.autonomy, (await regrade(deps, entry, version)).level);
}

/** Works out the levels of all loops that have one, so that people hear of a fall before the next run. */
export async function regradeAll(deps: Dependencies): Promise<void> {
  for (const [name, entry] of deps.loops) {
    const version = await deps.store.harnesses.current(name);
    if (version !== undefined && parsedHarness(deps, version).autonomy !== undefined)
      await regrade(deps, entry, version);
  }
}

/** Works out the level that the record grants, and records it where it is another one. */
async function regrade(deps: Dependencies, entry: LoopEntry, version: HarnessVersion): Promise<AutonomyGrant> {
  const { store } = deps;
  const { loop } = version;
  const now = deps.now();
  const [audited, critical, judges, before] = await Promise.all([
    store.reviewFacts.audited(loop, AUDITED_WINDOW),
    criticalOf(deps, loop),
    store.judgeRecords.newest(loop),
    store.autonomy.newest(loop),
  ]);
  const harness = parsedHarness(deps, version);
  const grounds = { audited, harness: `v${version.version}`, critical, before: before?.level };
  const granted = grantedBy({ ...grounds, uncalibrated: uncalibrated(entry, harness, judges) });
  if (granted.level === before?.level) return before;
  const grant = { loop, ...granted, critical: [...critical], harness: grounds.harness, at: now };
  // Before it counts: whoever dies in between does both again.
  if (before !== undefined) await tell(deps, before.level, grant);
  return await store.autonomy.grant(grant);
}

/** Names of what is critical about a loop's newest runs, at most half a minute old. */
async function criticalOf({ store, now }: Dependencies, loop: string): Promise<readonly string[]> {
  const known = found.get(store) ?? new Map<string, { readonly at: Timestamp; readonly critical: readonly string[] }>();
  found.set(store, known);
  const at = now();
  const before = known.get(loop);
  if (before !== undefined && at - before.at < CRITICAL_COUNTS_MS) return before.critical;
  const critical = criticalIn(
    shownBy({ ...(await store.reviewFacts.of(loop, RUNS)), judges: [], answers: [], now: at }),
  );
  known.set(loop, { at, critical });
  return critical;
}

/** Why the verifiers of a loop are no ground to let it act alone; undefined where they are: a stage needs a check or an eval, which are certain, or a judge that was shown to be good enough. */
function uncalibrated(
  { loop }: LoopEntry,
  { evals }: Harness,
  judges: readonly Pick<JudgeRecord, 'stage' | 'judge' | 'standing'>[],
): string | undefined {
  const gating = new Set(
    judges.filter(({ standing }) => standing === 'gating').map(({ stage, judge }) => `${stage}/${judge}`),
  );
  const bare = Object.entries(loop.stages).find(
    ([name, stage]) =>
      !stage.verify.some((verifier) => verifier.kind === 'check' || gating.has(`${name}/${verifier.name}`)) &&
      !evalsFor(evals, loop, stage).some(({ kind }) => kind !== 'rubric'),
  );
  return bare && `stage \`${bare[0]}\` has no check, and no judge that is calibrated`;
}

/** Tells people of a fall, until the level rises again. */
async function tell(
  { store }: Dependencies,
  before: AutonomyLevel,
  { loop, level, because, at }: AutonomyGrant,
): Promise<void> {
  const key = `autonomy:${loop}`;
  if (lowerLevel(before, level) === before) return await store.alerts.clear(key, at);
  const now = level === 'L1' ? 'it only reports from now on' : 'a person approves what it does from now on';
  const text = `${loop} fell from ${before} to ${level}, so ${now}: ${because}. See \`loopwright review ${loop}\`.`;
  await store.alerts.raise({ key, kind: 'autonomy', about: loop, text, raisedAt: at });
}
