/** What `loopwright run` was told. */
export interface RunCommandOptions {
  readonly input?: string;
  readonly inputFile?: string;
  readonly key?: string;
  readonly by?: string;
  readonly budgetUsd?: number;
  readonly harness?: string;
  readonly rerun: boolean;
  readonly dryRun: boolean;
  readonly watch: boolean;
  readonly wait: boolean;
  /** False with `--no-human`. */
  readonly human: boolean;
  readonly json: boolean;
  readonly data: string;
}
