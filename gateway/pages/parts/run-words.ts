import type { RunSummary } from '../../../contract/record.ts';
import type { Trigger } from '../../../contract/run.ts';

/** How a run was started, in words. */
export const TRIGGER_WORDS: Readonly<Record<Trigger['kind'], string>> = {
  manual: 'by hand',
  schedule: 'on a schedule',
  webhook: 'by a webhook',
  ci: 'by CI',
  loop: 'by a loop',
  finder: 'by a finder',
  eval: 'by an experiment',
};

/** Address of a run's page. Several runs may have one workflow id: the key says which. */
export function runPath({ workflowId, runKey }: Pick<RunSummary, 'workflowId' | 'runKey'>): string {
  return `/runs/${encodeURIComponent(workflowId)}?run=${encodeURIComponent(runKey)}`;
}

/** Address of an approval's page. */
export function approvalPath(digest: string): string {
  return `/approvals/${encodeURIComponent(digest)}`;
}

/** Address of a loop's page. */
export function loopPath(name: string): string {
  return `/loops/${encodeURIComponent(name)}`;
}

/** Address of the page with a loop's harness. */
export function harnessPath(name: string): string {
  return `${loopPath(name)}/harness`;
}

/** Address of the page with what a loop has learnt. */
export function lessonsPath(name: string): string {
  return `${loopPath(name)}/lessons`;
}

/** Address of the page that says how a loop learns. */
export function learningPath(name: string): string {
  return `${loopPath(name)}/learning`;
}

/** Address of an experiment's page. */
export function experimentPath(id: string): string {
  return `/experiments/${encodeURIComponent(id)}`;
}

/** Address of the page of a run of which only the key is at hand. */
export function runKeyPath(runKey: string): string {
  return `/runs/${encodeURIComponent(runKey)}`;
}

/** A stage is mostly used once, so its first use needs no number. */
export function stageName(stage: string): string {
  return stage.replace(/#1$/, '');
}

/** Enough of a digest to know it by. */
export function digestPrefix(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
