/** What a change was about. `attempt`: one was made or judged. `money`: a run waits at a budget, or does so no more. `harness`: a loop takes another one. */
export const CHANGE_KINDS = [
  'run',
  'attempt',
  'gate',
  'decision',
  'effect',
  'money',
  'alert',
  'experiment',
  'candidate',
  'harness',
] as const;

/** Something in the record that is news to whoever looks at it. */
export interface Change {
  /** Ascending, also over restarts: whoever has seen one has seen all before it. */
  readonly seq: number;
  readonly kind: (typeof CHANGE_KINDS)[number];
  /** The run that it was in; absent for alerts, experiments and harnesses. */
  readonly runKey?: string;
}
