import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { SimplePlugin } from '@temporalio/plugin';
import type {
  BundleOptions,
  NativeConnection,
  ReplayWorkerOptions,
  WorkerOptions,
  WorkflowBundleOption,
} from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { resolvingOurs } from './bundle/bundle-workflows.ts';
import { entryText } from './bundle/cached-bundle.ts';
import { compose, type Composition } from './compose.ts';
import { DEFAULT_DATA } from './default-data.ts';
import { flagsOf } from './cluster/target.ts';
import { dataConverter, workerTimeouts } from './loop-worker.ts';
import { cacheFolder } from './temporal/cache-folder.ts';

/** What a worker of your own needs to run loops too. */
export interface LoopwrightOptions {
  /** The worker's connection. */
  readonly connection: NativeConnection;
  /** Folder of loops, as `--loops` takes it. */
  readonly loops: string;
  /** Data folder, which one process owns. Default `.loopwright`. */
  readonly data?: string;
  /** Default `default`. */
  readonly namespace?: string;
  /** Address of the cluster, for the commands that runs show; without it they name none. */
  readonly address?: string;
  /** Keys of models, `LOOPWRIGHT_*`. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets lines for people. Default: stderr. */
  readonly report?: (text: string) => void;
}

/**
 * Runs loops on a worker of your own, next to your workflows and activities, with your data converter and codec. Give it
 * to the worker as a plugin, and close it when the worker has stopped. Worker Versioning is the worker's own
 * (`workerDeploymentOptions`).
 */
export class LoopwrightPlugin extends SimplePlugin {
  readonly #composition: Composition;
  readonly #cacheDir: string;

  private constructor(composition: Composition, cacheDir: string) {
    super({
      name: 'loopwright',
      activities: (theirs) => besideTheirs(theirs, createActivities(composition.deps)),
      dataConverter: withOurs,
    });
    this.#composition = composition;
    this.#cacheDir = cacheDir;
  }

  /**
   * Opens the store and loads the loops. Loops with a mistake are reported and left out.
   * @throws Error where no loop is left, and `StoreUnavailable` where another process owns the data folder.
   */
  static async open(options: LoopwrightOptions): Promise<LoopwrightPlugin> {
    const { env = process.env, report = toStderr, namespace = 'default', data = DEFAULT_DATA } = options;
    const { connection, loops, address } = options;
    const cacheDir = cacheFolder(env);
    const connectionFlags = address === undefined ? '' : flagsOf(address, namespace);
    const composition = await compose({ env, cacheDir, data, connection, namespace, connectionFlags, loops, report });
    const deps = { ...composition.deps, routes: withoutLimits(composition.deps.routes, report) };
    return new LoopwrightPlugin({ ...composition, deps }, cacheDir);
  }

  /** What {@link createActivities} is called with, for a worker that takes no plugins. */
  get dependencies(): Dependencies {
    return this.#composition.deps;
  }

  /** Closes the store. For when the worker has stopped. */
  async close(): Promise<void> {
    await this.#composition.close();
  }

  /** Adds the loops to a worker. What you set stays; @throws Error where an activity of yours has a name of ours. */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    return super.configureWorker({ ...workerTimeouts, ...options, ...this.#workflows(options) });
  }

  /** The same for replaying histories. */
  override configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return super.configureReplayWorker({ ...options, ...this.#workflows(options) });
  }

  /** Adds the loops' workflows to a bundle that you make yourself. */
  override configureBundler(options: BundleOptions): BundleOptions {
    const { webpackConfigHook: theirs = (config) => config } = options;
    return super.configureBundler({
      ...options,
      payloadConverterPath: options.payloadConverterPath ?? dataConverter.payloadConverterPath,
      workflowsPath: this.#entry(options.workflowsPath),
      webpackConfigHook: (config) => resolvingOurs(theirs(config)),
    });
  }

  #workflows({
    workflowsPath,
    workflowBundle,
  }: WorkerOptions | ReplayWorkerOptions): Pick<WorkerOptions, 'workflowsPath' | 'workflowBundle'> {
    if (workflowBundle !== undefined) {
      refuseForeignBundle(workflowBundle);
      return { workflowBundle };
    }
    if (workflowsPath === undefined) return { workflowBundle: this.#composition.bundle };
    return { workflowsPath: this.#entry(workflowsPath) };
  }

  /** A module with their workflows, those of the loops, and the default one that runs any loop of one stage. */
  #entry(theirs: string): string {
    if (theirs.startsWith(join(this.#cacheDir, ENTRY))) return theirs;
    const code = extname(theirs) === '' ? '' : readFileSync(theirs, 'utf8');
    refuseAnotherDefault(theirs, code);
    refuseTakenNames(theirs, code, [...this.#composition.deps.loops.keys()]);
    const text = entryText(this.#composition.workflows, theirs);
    const path = join(this.#cacheDir, `${ENTRY}${createHash('sha256').update(text).digest('hex').slice(0, 16)}.js`);
    mkdirSync(this.#cacheDir, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
    return path;
  }
}

/** A worker of one's own polls its own queue, and nobody would take what waits on a queue of a route. */
function withoutLimits(routes: Dependencies['routes'], report: (text: string) => void): Dependencies['routes'] {
  const limited = [...routes].filter(([, route]) => route.kind === 'endpoint' && route.limits !== undefined);
  if (limited.length > 0)
    report(
      `\`limits\` of ${limited.map(([name]) => `\`${name}\``).join(', ')} do not hold on a worker of your own: set its maxConcurrentActivityTaskExecutions and maxTaskQueueActivitiesPerSecond instead.`,
    );
  return new Map(
    [...routes].map(([name, route]) => [name, route.kind === 'endpoint' ? { ...route, limits: undefined } : route]),
  );
}

const ENTRY = 'plugin-entry-';

/** The function in `workflows/loop.ts`, by which a bundle that can run loops is known. */
const DEFAULT_WORKFLOW = 'function anyLoop(';

/** A bundle without the default workflow would leave every loop waiting for a worker that knows it. */
function refuseForeignBundle(bundle: WorkflowBundleOption): void {
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
  if (code.includes(DEFAULT_WORKFLOW)) return;
  throw new Error(
    'The `workflowBundle` of this worker cannot run loops: it was made without Loopwright. Make it with bundleWorkflowCode({ workflowsPath, plugins: [loopwright] }), or give `workflowsPath` instead.',
  );
}

/** A workflow under a loop's name would run in its place, unverified. Finds what is exported by name. */
function refuseTakenNames(path: string, code: string, loops: readonly string[]): void {
  const taken = loops.find((loop) =>
    new RegExp(
      `^\\s*export\\s+(async\\s+)?(function\\*?|const|let|class)\\s+${loop}\\b|^\\s*export\\s*\\{[^}]*\\b${loop}\\s*[,}]`,
      'm',
    ).test(code),
  );
  if (taken === undefined) return;
  throw new Error(
    `${path} exports a workflow \`${taken}\`, and there is a loop of that name: yours would run in its place. Give one of them another name.`,
  );
}

/** A worker has one default workflow, which runs what has no workflow of its own name; ours runs the loops. */
function refuseAnotherDefault(path: string, code: string): void {
  const ours = /export\s*\{\s*default\s*\}\s*from\s*['"]loopwright\/workflow['"]/;
  const others = code.replace(ours, '');
  if (!/^\s*export\s+default\b|\bas\s+default\b|^\s*export\s*\{\s*default\s*[,}]/m.test(others)) return;
  throw new Error(
    `${path} exports a default workflow, and so does Loopwright: its default workflow runs loops by their name, and a worker can have only one. Give yours a name, or run it on a worker of its own.`,
  );
}

function besideTheirs(theirs: object | undefined, ours: object): object {
  const taken = Object.keys(ours).find((name) => name in (theirs ?? {}));
  if (taken === undefined) return { ...theirs, ...ours };
  throw new Error(
    `Your worker has an activity \`${taken}\`, and so has Loopwright (${Object.keys(ours).join(', ')}). Give yours another name.`,
  );
}

/** Their converter where they have one; ours never wedges a run over a payload that it cannot read. */
function withOurs(theirs: DataConverter | undefined): DataConverter {
  return theirs?.payloadConverterPath === undefined ? { ...theirs, ...dataConverter } : theirs;
}

function toStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}
