import type { RunSummary } from '../contract/record.ts';

/** Which run a word stands for that is no workflow id: a key, or the name of some work. */
export type NamedRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly run: RunSummary }
  /** The newest under each workflow id. */
  | { readonly kind: 'several'; readonly runs: readonly RunSummary[] };

/**
 * Of runs that go by one word, newest first, the newest, where all have one workflow id. Else dry runs and those that
 * found their work taken stand back for the run that did it.
 */
export function namedRun(runs: readonly RunSummary[]): NamedRun {
  const all = newestOfEach(runs);
  const did = newestOfEach(runs.filter(({ dryRun, outcome }) => !dryRun && outcome !== 'noWork'));
  const left = all.length > 1 && did.length > 0 ? did : all;
  const [run] = left;
  if (run === undefined) return { kind: 'none' };
  return left.length === 1 ? { kind: 'one', run } : { kind: 'several', runs: left };
}

function newestOfEach(runs: readonly RunSummary[]): RunSummary[] {
  return runs.filter(({ workflowId }, at) => runs.findIndex((run) => run.workflowId === workflowId) === at);
}
