import { seenBy, type Telemetry } from '../../activities/telemetry.ts';
import { TASK_QUEUE } from '../../contract/names.ts';
import type { Store } from '../../store/ports.ts';
import type { Cluster, WedgedRun } from '../cluster/cluster.ts';
import { isFree } from '../temporal/ports.ts';
import { logsJson } from '../json-line.ts';
import { logLines } from './log-lines.ts';
import { telemetrySettings } from './settings.ts';

/** How runs are watched. */
export interface WatchOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly store: Store;
  readonly cluster: Pick<Cluster, 'wedged'>;
  readonly namespace: string;
  /** Default `loops`. */
  readonly taskQueue?: string;
  /** CLI flags that reach the cluster, for the commands that are shown. */
  readonly connectionFlags: string;
  /** Address of Temporal's web UI, where it is known. */
  readonly ui?: string | undefined;
  /** Port on which Prometheus may ask. */
  readonly metricsPort?: number | undefined;
  readonly now: () => number;
  readonly report: (text: string) => void;
}

/** Runs, watched. */
export interface Watch {
  /** Undefined where nothing is switched on. */
  readonly telemetry: Telemetry | undefined;
  /** Asks Temporal which runs are wedged, and names each once. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** Watches runs: for those that are wedged always, with OpenTelemetry where the environment switches it on. @throws Error where the port is taken. */
export async function watchRuns(options: WatchOptions): Promise<Watch> {
  const { env, store, cluster, namespace, ui, metricsPort, now, report, taskQueue = TASK_QUEUE } = options;
  let wedged: readonly WedgedRun[] = [];
  const look = async (): Promise<void> => {
    const before = new Set(wedged.map(({ runId }) => runId));
    wedged = await cluster.wedged(taskQueue);
    for (const run of wedged) if (!before.has(run.runId)) report(wedgedText(run, options.connectionFlags));
  };
  // stdout is for data.
  const lines = logsJson(env) ? logLines((line) => void process.stderr.write(`${line}\n`), now) : undefined;
  const settings = telemetrySettings(env, metricsPort);
  if (settings === undefined) return { telemetry: lines, look, stop: async () => {} };
  if (metricsPort !== undefined && !(await isFree(metricsPort)))
    throw new Error(
      `Port ${metricsPort} for metrics is taken: something else listens there. Name another with --metrics-port.`,
    );
  // Loaded where it is wanted only: it is half a second of start-up.
  const { openTelemetry } = await import('./open-telemetry.ts');
  const { facts } = store;
  const running = openTelemetry({ settings, env, facts, namespace, ui, now, report, wedged: () => wedged });
  const telemetry = lines === undefined ? running.telemetry : seenBy([running.telemetry, lines]);
  return { telemetry, look, stop: () => running.stop() };
}

/** What whoever runs the worker reads about a run that is wedged. */
export function wedgedText({ loop, workflowId, runId, cause }: WedgedRun, flags: string): string {
  return `Run ${workflowId} of ${loop} is WEDGED: its workflow task fails again and again (${cause}). It goes on by itself once its code is mended and a worker has it. Why: temporal workflow show${flags} -w ${workflowId} -r ${runId}`;
}
