import type { RunOptions } from '../contract/run.ts';
import type { KeyObject } from 'node:crypto';
import type { Case } from '../contract/case.ts';
import type { Harness } from '../contract/harness.ts';
import type { SearchAttribute } from '../contract/names.ts';
import type { Patience } from '../core/patience.ts';
import type { PriceTable } from '../core/prices.ts';
import type { Files, Loop } from '../loops/define/index.ts';
import type { Store } from '../store/ports.ts';
import type { LessonIndex } from './lesson-index.ts';
import type { ModelEndpoint } from './models/port.ts';
import type { Telemetry } from './telemetry.ts';
import type { Learner } from './models/learner.ts';
import type { SourceReader } from './sources/index.ts';

/** A loop that this worker runs. */
export interface LoopEntry {
  readonly loop: Loop;
  readonly harness: Harness;
  /** Folder of the loop's own files, for `documents()`. */
  readonly folder: string;
  /** Cases of its file; absent where it can have none. */
  readonly cases?: readonly Case[];
}

/** What a provider lets through. */
export interface RouteLimits {
  /** Steps that ask the route at once. */
  readonly concurrent?: number | undefined;
  /** Steps that ask the route a minute, by all workers together. */
  readonly perMinute?: number | undefined;
}

/** What a model route leads to. */
export type Route =
  | {
      readonly kind: 'endpoint';
      readonly endpoint: ModelEndpoint;
      /** Route whose model answers where this one's provider is down. */
      readonly fallback?: string | undefined;
      readonly limits?: RouteLimits | undefined;
    }
  /** The embedded learner, or the stage's own `keyless` function. */
  | { readonly kind: 'local' };

/** Caps on what all loops together may spend a day (UTC), in micro-USD; a cap that is not there does not hold. */
export interface InstallationCaps {
  readonly perDayMicroUsd?: number;
  /** Of every tenant that has none of its own. */
  readonly perTenantDayMicroUsd?: number;
  readonly tenants: Readonly<Record<string, number>>;
}

/** A run that is to be started. */
export interface RunStart {
  readonly loop: string;
  /** The workflow id is `<loop>-<key>`. */
  readonly key: string;
  readonly input: unknown;
  readonly options: RunOptions;
  /** What it is started for; its memo says so. */
  readonly origin: string;
  readonly taskQueue: string;
}

/** Starts runs, and says for what they were started. */
export interface RunStarter {
  /** `alreadyRunning`: a run with this workflow id is open, and nothing was started. */
  start(start: RunStart): Promise<{ readonly alreadyRunning: boolean }>;
  /** What the newest run under a workflow id was started for; undefined where there is none, or nobody said. */
  originOf(workflowId: string): Promise<string | undefined>;
}

/** What Temporal knows of executions. */
export interface Executions {
  /** Whether a workflow execution is still open. */
  isOpen(workflowId: string, firstRunId: string): Promise<boolean>;
  /** Workflow ids of loops under which something runs, a moment ago: one question for a thousand of them. */
  running?(loops: readonly string[]): Promise<ReadonlySet<string>>;
}

/** What the activities need from outside. The composition root (`worker/`) makes it. */
export interface Dependencies {
  /** Reads a loop's own Markdown files. */
  readonly documents: (
    folder: string,
    under: string,
  ) => Promise<readonly { readonly name: string; readonly text: string }[]>;
  /** Reads outside the loops, for their contexts. */
  readonly sources: SourceReader;
  readonly store: Store;
  /** Where effects write documents. */
  readonly files: Files;
  readonly loops: ReadonlyMap<string, LoopEntry>;
  readonly routes: ReadonlyMap<string, Route>;
  /** Declared prices; a run pins them when it opens. */
  readonly prices: PriceTable;
  /** Caps above those of the loops. */
  readonly caps: InstallationCaps;
  readonly learner: Learner;
  readonly lessons: LessonIndex;
  /** Public keys of the gateways whose signed decisions count, by their ids. */
  readonly decisionKeys: ReadonlyMap<string, KeyObject>;
  readonly executions: Executions;
  /** Starts runs of other loops. */
  readonly starter: RunStarter;
  /** Search attributes that the cluster has. */
  readonly attributes: readonly SearchAttribute[];
  /** CLI flags that reach the cluster, for the commands that runs show. */
  readonly connection: string;
  /** Continue as new after this many events. */
  readonly maxEvents: number;
  /** How long a verifier that breaks is waited for. Default: `VERIFIER_PATIENCE`; tests have less. */
  readonly patience?: Patience;
  /** Who watches runs. Default: nobody. */
  readonly telemetry?: Telemetry;
  readonly now: () => number;
  /** What is wrong with a harness that somebody proposes for a loop, one line each; nothing where it may run. */
  readonly harnessMistakes: (entry: LoopEntry, body: unknown) => Promise<readonly string[]>;
  /** Gets a line for whoever runs the worker. */
  readonly report: (text: string) => void;
}
