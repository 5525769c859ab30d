/** What a worker process tells the driver, over the pipe that `fork` makes. `run` is Temporal's run id. */
export type Note =
  | { readonly kind: 'ready' }
  /** The last step before the approval is done: the run is about to wait. */
  | { readonly kind: 'waiting'; readonly run: string }
  /** The first step after the approval begins; `at` in milliseconds since 1970. */
  | { readonly kind: 'resumed'; readonly run: string; readonly at: number }
  /** A step begins; told in the recovery phase only. */
  | { readonly kind: 'step'; readonly run: string };

/** The two sides that are compared. */
export type Side = 'ours' | 'minimal';

/** How a worker process is started: one JSON argument. */
export interface WorkerProcessOptions {
  readonly side: Side;
  readonly address: string;
  readonly taskQueue: string;
  /** File with the bundled workflows. */
  readonly bundle: string;
  /** Folder of the side's own data. */
  readonly data: string;
  /** How long each step takes, in milliseconds; 0 does not even wait. Above 0, steps are told too. */
  readonly stepMs: number;
}
