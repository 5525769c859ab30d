import { usd } from '../../core/money.ts';
import type { TriageDataset } from '../own-loops/triage-dataset.ts';
import type { HeldOutPoint } from './held-out.ts';
import type { ClosedRun } from './record.ts';
import { workflowIdOf } from './stream.ts';

/** What `demo --json` prints last. */
export interface DemoSummary {
  readonly dataset: string;
  readonly embedder: string;
  readonly messages: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly gates: number;
  readonly audits: number;
  /** Effect done with no decision before it. */
  readonly actedAlone: number;
  readonly actedAloneRight: number;
  /** How often the second reader said no to the generator's answer, and how often that was right. */
  readonly verifierFails: number;
  readonly verifierFailsRight: number;
  readonly heldOut: readonly HeldOutPoint[];
  readonly crash: { readonly recoveredMs: number; readonly lost: number; readonly doubled: number };
  /** How many of the twelve checks of `supportTriage` are done. */
  readonly review: { readonly done: number; readonly total: number };
  readonly eventsPerRun: number;
  readonly historyBytesPerRun: number;
  readonly runsPerSecond: number;
  readonly seconds: number;
}

/** Counts of a stream, from the store and the answer key. */
export type Counts = Pick<
  DemoSummary,
  'outcomes' | 'gates' | 'audits' | 'actedAlone' | 'actedAloneRight' | 'verifierFails' | 'verifierFailsRight'
> & { readonly firstRight: number; readonly corrected: number; readonly costUsd: number };

/** Counts what became of a dataset's messages. */
export function count(runs: readonly ClosedRun[], dataset: TriageDataset): Counts {
  const truth = new Map(dataset.stream.map((message) => [workflowIdOf(message), message.intent]));
  const mine = runs.filter((run) => truth.has(run.workflowId));
  const acted = mine.filter((run) => run.outcome === 'accepted');
  const alone = acted.filter((run) => !run.decided);
  const doubted = mine.filter((run) => run.doubted);
  const isRight = (run: ClosedRun, intent: string | undefined): boolean => truth.get(run.workflowId) === intent;
  const outcomes: Record<string, number> = {};
  for (const { outcome } of mine) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return {
    outcomes,
    gates: mine.filter((run) => run.decided).length,
    audits: mine.filter((run) => run.audit).length,
    actedAlone: alone.length,
    actedAloneRight: alone.filter((run) => isRight(run, run.output?.intent)).length,
    verifierFails: doubted.length,
    verifierFailsRight: doubted.filter((run) => !isRight(run, run.predicted)).length,
    firstRight: mine.filter((run) => isRight(run, run.predicted)).length,
    corrected: mine.filter((run) => run.output !== undefined && run.predicted !== run.output.intent).length,
    costUsd: usd(mine.reduce((sum, run) => sum + run.costMicroUsd, 0)),
  };
}
