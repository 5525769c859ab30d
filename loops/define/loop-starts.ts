import type { RunOptions } from '../../contract/run.ts';

/** What a run is started with. Options only narrow: they never raise a limit. */
export interface StartOptions extends Omit<RunOptions, 'requestedBy' | 'trigger'> {
  /**
   * What the run is started for, where it is to be started once ever and not once for this effect: the same words of
   * the same loop start nothing again, whichever run says them.
   */
  readonly once?: string;
  /** Of what is named by `once`: another version is new work, which the started loop does also where it did an earlier one. */
  readonly version?: string;
}

/** A run that was started, now or by an earlier try. */
export interface StartedRun {
  readonly workflowId: string;
  /** True when a run with this workflow id was open already, started by somebody else; nothing was started. */
  readonly alreadyRunning: boolean;
}

/** Starts runs of other loops. */
export interface LoopStarts {
  /**
   * Starts a run of a loop that this worker has, and does not wait for it; its workflow id is `<loop>-<key>`. For one
   * effect the same loop and key are started exactly once, however often the effect is tried. Its trigger names this run.
   * @throws `StartRefused` where there is no such loop, the key or the input does not fit, or five loops started each
   * other in a row; it ends the run `blocked`.
   */
  start(loop: string, key: string, input: unknown, options?: StartOptions): Promise<StartedRun>;
}
