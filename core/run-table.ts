import type { RunSummary } from '../contract/record.ts';
import { columns } from './columns.ts';
import { dollars, moment, span } from './figures.ts';
import { usd } from './money.ts';
import { plainLine } from './plain-text.ts';

/** A run as `runs --json` prints it: times in ISO 8601, money in USD, otherwise as {@link RunSummary}. */
export interface ListedRun extends Omit<RunSummary, 'openedAt' | 'closedAt' | 'erasedAt' | 'costMicroUsd'> {
  readonly openedAt: string;
  readonly closedAt?: string;
  readonly erasedAt?: string;
  /** From opened to closed, in milliseconds; absent while it is open. */
  readonly tookMs?: number;
  readonly costUsd: number;
}

/** A run as programs read it. */
export function listedRun({ openedAt, closedAt, erasedAt, costMicroUsd, ...run }: RunSummary): ListedRun {
  return {
    ...run,
    openedAt: new Date(openedAt).toISOString(),
    ...(closedAt === undefined
      ? {}
      : { closedAt: new Date(closedAt).toISOString(), tookMs: Math.max(0, closedAt - openedAt) }),
    ...(erasedAt === undefined ? {} : { erasedAt: new Date(erasedAt).toISOString() }),
    costUsd: usd(costMicroUsd),
  };
}

const HEADER = ['WORKFLOW ID', 'LOOP', 'TRIGGER', 'OUTCOME', 'OPENED', 'TOOK', 'ATTEMPTS', 'COST', 'GATES', 'REASON'];

/** Longest reason and longest trigger that are shown, in characters. */
const REASON = 80;
const TRIGGER = 40;

/** Runs as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function runTable(runs: readonly RunSummary[], now: number): string {
  return columns([HEADER, ...runs.map((run) => cellsOf(run, now))]);
}

/** Its kind and which one, else who. */
function startedBy({ kind, source, by }: RunSummary['trigger']): string {
  const which = source ?? by;
  return which === undefined ? kind : `${kind} ${which}`;
}

function cellsOf(run: RunSummary, now: number): string[] {
  const { openedAt, closedAt, outcome, dryRun } = run;
  const ended = outcome ?? run.state;
  return [
    plainLine(run.workflowId, 200),
    plainLine(run.loop, 60),
    plainLine(startedBy(run.trigger), TRIGGER),
    dryRun && ended !== 'dryRun' ? `${ended} (dry run)` : ended,
    moment(openedAt),
    closedAt === undefined ? `${span(Math.max(0, now - openedAt))} …` : span(Math.max(0, closedAt - openedAt)),
    String(run.attempts),
    dollars(run.costMicroUsd),
    String(run.gates),
    run.erasedAt === undefined ? plainLine(run.reason ?? '', REASON) : `erased on ${moment(run.erasedAt)}`,
  ];
}
