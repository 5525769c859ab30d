import type { Erasure, ErasurePlan } from '../../contract/erasure.ts';
import { moment } from '../../core/figures.ts';
import { plainLine } from '../../core/plain-text.ts';

/** How the kinds are called, one and several. */
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  runs: ['run', 'runs'],
  artefacts: ['text', 'texts'],
  lessons: ['lesson', 'lessons'],
  decisions: ['decision', 'decisions'],
  judgements: ['verdict', 'verdicts'],
  gates: ['gate', 'gates'],
  effects: ['effect', 'effects'],
  outbox: ['outbox row', 'outbox rows'],
  files: ['file', 'files'],
  attempts: ['attempt', 'attempts'],
  work: ['work name', 'work names'],
  doubts: ['doubt', 'doubts'],
  review_answers: ['review answer', 'review answers'],
  inbox: ['delivery', 'deliveries'],
  starts: ['start', 'starts'],
  audit: ['audit entry', 'audit entries'],
  harnesses: ['harness version', 'harness versions'],
  budget_raises: ['raised budget', 'raised budgets'],
};

/** Counts in words: `2 runs, 5 texts`. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const said = Object.entries(counts).map(([kind, n]) => {
    const [one, several] = KINDS[kind] ?? [kind, kind];
    return `${n} ${n === 1 ? one : several}`;
  });
  return said.length === 0 ? 'nothing' : said.join(', ');
}

/** Runs, one a line. */
export function runLines(runs: ErasurePlan['runs']): string[] {
  return runs.map(({ workflowId, runKey }) => `  ${plainLine(workflowId, 200)} (run ${runKey})`);
}

/** An erasure in one line. */
export function erasureLine({ at, by, reason, subject, counts }: Erasure): string {
  const why = reason === undefined ? '' : `: ${plainLine(reason, 200)}`;
  const whose = subject === undefined ? 'runs by name' : `subject ${subject.slice(0, 12)}`;
  return `${moment(at)}  ${plainLine(by, 60)}  ${whose}  ${countsText(counts)}${why}`;
}

/** Commands that delete the histories of runs, which are Temporal's. */
export function historyCommands(runs: ErasurePlan['runs']): string[] {
  const ids = [...new Set(runs.map(({ workflowId }) => workflowId))];
  return ids.map((id) => `temporal workflow delete --yes --query ${quoted(`WorkflowId = ${JSON.stringify(id)}`)}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
