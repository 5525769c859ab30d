import { join } from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import { regradeAll } from '../activities/autonomy.ts';
import type { Dependencies, LoopEntry } from '../activities/dependencies.ts';
import { LessonIndex } from '../activities/lesson-index.ts';
import { improveRepeats, type ImproveSettings } from '../activities/improve/repeats.ts';
import { sourceReader } from '../activities/sources/index.ts';
import { calibrateJudges } from '../activities/judges/calibrate.ts';
import { sweep } from '../activities/sweep.ts';
import type { Telemetry } from '../activities/telemetry.ts';
import { mistakeLine } from '../contract/mistake.ts';
import { LoopClient } from '../client/loop-client.ts';
import { SEARCH_ATTRIBUTES, type SearchAttribute } from '../contract/names.ts';
import { SigningDesk } from '../gateway/signing-desk.ts';
import type { Store } from '../store/ports.ts';
import { ablateLessons } from './ablate-lessons.ts';
import { adoptHarness } from './adopt-harness.ts';
import { cachedBundle, type WorkflowSource } from './bundle/cached-bundle.ts';
import { clusterOf, type Cluster } from './cluster/cluster.ts';
import { hookRelay } from './hooks/hook-relay.ts';
import { hookLoopMistakes } from './hooks/hooks-file.ts';
import { decisionKeys } from './decision-keys.ts';
import { watchFit } from './harness/watch-fit.ts';
import { watchPromotions } from './watch-promotions.ts';
import { workshopOf } from './workshop.ts';
import { readModelConfig, type ModelConfig } from './models/config.ts';
import { documentReader } from './documents.ts';
import { filesIn, REPORTS } from './files.ts';
import { candidateMistakes } from './load/candidate-mistakes.ts';
import { openFolderLoops } from './load/runnable.ts';
import { lazyLearner, mayLearn } from './models/lazy-learner.ts';
import { chooseLearner } from './models/learner.ts';
import { ownFolder, type FolderOptions, type OwnedFolder } from './own-folder.ts';
import { improveEntry, withImprove } from './own-loops/improve.ts';
import { ownLoops, pinnedIntents } from './own-loops/own-loops.ts';
import { refuseUnchecked } from './review/refuse.ts';
import { keepWatching } from './schedules/keep-watching.ts';
import { runStarter } from './run-starter.ts';
import { ScheduleWatcher } from './schedules/schedule-watcher.ts';
import { watchRuns, type Watch } from './telemetry/watch-runs.ts';
import { attributesCommand } from './temporal/search-attributes.ts';
import { triageDataset } from './own-loops/triage-dataset.ts';
import { keepLooking } from './load/keep-looking.ts';
import { WatchedLoops } from './load/watched-loops.ts';

/** How often the record is held against Temporal, in milliseconds. */
const SWEEP_EVERY_MS = 30_000;

/** Default of {@link ComposeOptions.maxEvents}: Temporal itself suggests continue-as-new at 4,096. */
const MAX_EVENTS = 4000;

/** What a worker is composed of. */
export interface ComposeOptions extends FolderOptions {
  readonly cacheDir: string;
  /** The data folder, where it is open already. */
  readonly folder?: OwnedFolder;
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** CLI flags that reach the cluster; empty where the CLI's defaults do. */
  readonly connectionFlags: string;
  /** Folder of loops to run in place of the project's own. */
  readonly loops?: string;
  /** Take changes in that folder while at work. */
  readonly watch?: boolean;
  /** Port on which Prometheus may ask for metrics; none by default. */
  readonly metricsPort?: number | undefined;
  /** Address of Temporal's web UI, where it is known: traces lead there. */
  readonly ui?: string | undefined;
}

/** Everything that a worker stands on. */
export interface Composition {
  readonly deps: Dependencies;
  readonly cluster: Cluster;
  /** Address of the gateway. */
  readonly gateway: string;
  /** Names of those who may send webhooks. */
  readonly hooks: readonly string[];
  /** Names of the channels through which people are told what waits for them. */
  readonly channels: readonly string[];
  /** The workflows of the loops. */
  readonly bundle: { readonly code: string };
  /** Those of them that loops of a folder bring themselves. */
  readonly workflows: readonly WorkflowSource[];
  /** Ends what goes on beside the worker and closes the store. For when the worker has stopped. */
  close(): Promise<void>;
}

/**
 * Opens what a worker stands on, from the environment: the store and the gateway through which commands ask for what it
 * knows, the loops, the models. Sweeps, and watches the loops where that is wanted, until it is closed.
 */
export async function compose(options: ComposeOptions): Promise<Composition> {
  const { report } = options;
  const folder = options.folder ?? (await ownFolder(options));
  const { store, gateway, sources } = folder;
  let seen: Watch | undefined;
  try {
    const cluster = clusterOf(options.connection, options.namespace);
    const config = await readModelConfig(options.env, report);
    const found = await loopSource(options, config, store);
    const source = { ...found, loops: withImprove(found.loops, await improveEntry(store, Date.now)) };
    seen = await watchRuns({ ...options, store, cluster, now: Date.now });
    const deps = await dependencies(options, { ...folder, cluster, config, source, telemetry: seen.telemetry });
    warnOfAttributes(deps.attributes, options);
    await warnOfMissingLoops(deps, report);
    // What keeps it from looking keeps no loop from running: it is looked at again, beside.
    await watchFit(deps).catch((error: unknown) =>
      report(`What loops run on was not looked at: ${(error as Error).message}`),
    );
    // They may come later, where the folder is watched.
    for (const mistake of hookLoopMistakes(folder.hooks, [...source.loops.keys()])) report(mistakeLine(mistake));
    const beside = besideWorker(deps, { watched: source.watched, seen, cluster, improve: config.improve }, report);
    const runs = new LoopClient(cluster.client);
    folder.workWith({
      desk: new SigningDesk({ store, runs, key: folder.decisionKey, now: Date.now }),
      workshop: workshopOf({ ...options, loops: source.loops, client: cluster.client }),
    });
    folder.relayTo(hookRelay({ store, sources, loops: source.loops, client: cluster.client, report }));
    return {
      deps,
      cluster,
      gateway: gateway.url,
      hooks: [...sources.keys()],
      channels: folder.channels,
      bundle: source.bundle,
      workflows: source.workflows,
      close: async () => {
        await beside.stop();
        await seen?.stop();
        await folder.close();
      },
    };
  } catch (error) {
    await seen?.stop();
    await folder.close();
    throw error;
  }
}

/** What goes on as long as a worker does. */
function besideWorker(
  deps: Dependencies,
  {
    watched,
    seen,
    cluster: { client },
    improve,
  }: {
    readonly watched: WatchedLoops | undefined;
    readonly seen: Watch;
    readonly cluster: Cluster;
    readonly improve: ImproveSettings | undefined;
  },
  report: (text: string) => void,
): { stop(): Promise<void> } {
  const watching = watched === undefined ? undefined : keepLooking(watched, report);
  const schedules = keepWatching(client, new ScheduleWatcher({ ...deps, client, report }), report);
  const timer = setInterval(() => {
    sweep(deps).catch((error: unknown) =>
      report(`Sweeper: ${(error as Error).message}; it tries again in ${SWEEP_EVERY_MS / 1000} s.`),
    );
    if (improve !== undefined) {
      improveRepeats(deps, improve).catch((error: unknown) =>
        report(`No change can be looked for just now: ${(error as Error).message}; it is tried again.`),
      );
      ablateLessons(deps, client, { settings: improve.ablations, loops: improve.loops }).catch((error: unknown) =>
        report(`No lesson can be tried just now: ${(error as Error).message}; it is tried again.`),
      );
    }
    watchPromotions(deps, client).catch((error: unknown) =>
      report(`What was promoted cannot be watched just now: ${(error as Error).message}; it is tried again.`),
    );
    calibrateJudges(deps).catch((error: unknown) =>
      report(`Judges could not be held against decisions just now: ${(error as Error).message}.`),
    );
    watchFit(deps).catch((error: unknown) =>
      report(`Harnesses could not be held against their loops just now: ${(error as Error).message}.`),
    );
    regradeAll(deps).catch((error: unknown) =>
      report(`What loops may do by themselves could not be worked out just now: ${(error as Error).message}.`),
    );
    seen
      .look()
      .catch((error: unknown) => report(`Temporal did not say which runs are wedged: ${(error as Error).message}.`));
  }, SWEEP_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await schedules.stop();
      await watching?.stop();
    },
  };
}

/** The loops that a worker runs, and the bundle with their workflows. */
interface LoopSource {
  readonly watched?: WatchedLoops;
  readonly loops: ReadonlyMap<string, LoopEntry>;
  readonly bundle: { readonly code: string };
  readonly workflows: readonly WorkflowSource[];
}

/** The loops of the folder that was named, else the project's own. */
async function loopSource(options: ComposeOptions, { models }: ModelConfig, store: Store): Promise<LoopSource> {
  const { env, cacheDir, data, report, loops: folder } = options;
  if (folder !== undefined) {
    const base = { folder, cwd: process.cwd(), models, report };
    const opened = await openFolderLoops({ ...base, cacheDir });
    if (options.watch !== true) return opened;
    const watched = new WatchedLoops({
      ...base,
      ...opened,
      adopt: async (found) => (await adoptHarness(store, found, { at: Date.now(), report })).version,
      openRuns: async (name) => (await store.runs.unclosed()).filter(({ loop }) => loop === name).length,
    });
    return { ...opened, loops: watched.entries, watched };
  }
  const dataset = { env, cacheDir, download: false, report };
  const intents = await pinnedIntents(data, async () => (await triageDataset(dataset)).intents);
  const loops = await ownLoops(intents);
  // A folder's loops were asked when they were loaded.
  await refuseUnchecked(loops.values(), { models, documents: documentReader(), now: Date.now() });
  return { loops, bundle: await cachedBundle(cacheDir), workflows: [] };
}

interface Opened extends Pick<OwnedFolder, 'store' | 'decisionKey'> {
  readonly cluster: Cluster;
  readonly config: ModelConfig;
  readonly source: LoopSource;
  readonly telemetry: Telemetry | undefined;
}

async function dependencies(options: ComposeOptions, opened: Opened): Promise<Dependencies> {
  const { env, cacheDir, report } = options;
  const { store, decisionKey, cluster, config, source, telemetry } = opened;
  for (const entry of source.loops.values()) await adoptHarness(store, entry, { at: Date.now(), report });
  const learner = { env, cacheDir, data: options.data, report };
  const asksLearner = [...source.loops.values()].some((entry) => mayLearn(entry, config.routes));
  return {
    store,
    files: filesIn(join(options.data, REPORTS)),
    loops: source.loops,
    routes: config.routes,
    prices: config.prices,
    caps: config.caps,
    harnessMistakes: (entry, body) => candidateMistakes(entry, body, config.models),
    report,
    learner: asksLearner ? await chooseLearner(learner) : lazyLearner(learner),
    lessons: new LessonIndex(store.lessons),
    decisionKeys: await decisionKeys(decisionKey, env),
    documents: documentReader(options.watch),
    sources: sourceReader(config.sources, { path: env['PATH'], secret: (name) => env[name] }),
    executions: cluster,
    starter: runStarter(cluster.client),
    attributes: await cluster.attributes(),
    connection: options.connectionFlags,
    maxEvents: MAX_EVENTS,
    ...(telemetry === undefined ? {} : { telemetry }),
    now: Date.now,
  };
}

/** Says which open runs wait for loops that this worker does not have. */
async function warnOfMissingLoops({ store, loops }: Dependencies, report: (text: string) => void): Promise<void> {
  const waiting = (await store.runs.unclosed()).filter(({ loop }) => !loops.has(loop));
  for (const loop of new Set(waiting.map((run) => run.loop))) {
    const runs = waiting.filter((run) => run.loop === loop).length;
    report(
      `${loop} does NOT run here, and ${runs} open run${runs === 1 ? ' needs' : 's need'} it. Start a worker that has it before they are decided.`,
    );
  }
}

/** Says once, with the command, which search attributes the cluster lacks. Runs go on without. */
function warnOfAttributes(known: readonly SearchAttribute[], { report, connectionFlags }: ComposeOptions): void {
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !known.includes(name as SearchAttribute));
  if (missing.length === 0) return;
  report(
    `The cluster lacks search attributes; runs go on without them. Add them, then restart the worker:\n  ${attributesCommand(connectionFlags, missing)}`,
  );
}
