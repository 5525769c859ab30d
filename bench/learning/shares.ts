import { workflowIdOf } from '../../worker/demo/stream.ts';
import type { ClosedRun } from '../../worker/demo/record.ts';
import type { LabelledMessage } from '../../worker/own-loops/triage-dataset.ts';

/** What became of a stream of messages. Shares are from 0 to 1. */
export interface StreamShares {
  /** Messages that a person was asked about, audits included. */
  readonly asked: number;
  /** The same of each thousand of the stream: what a change to ask less did. */
  readonly askedByThousand: readonly number[];
  /** Of those that were acted on alone, the ones that were right: in all, and in the worst thousand of the stream. */
  readonly rightAlone: number;
  readonly worstThousand: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Messages of a stretch of the stream. */
const STRETCH = 1000;

/** Counts what became of messages, in the order in which they came. A last stretch that is shorter than half does not count as one. */
export function sharesOf(messages: readonly LabelledMessage[], runs: readonly ClosedRun[]): StreamShares {
  const byId = new Map(runs.map((run) => [run.workflowId, run]));
  const worked = messages.map((message) => ({ intent: message.intent, run: byId.get(workflowIdOf(message)) }));
  const stretches = Array.from({ length: Math.max(1, Math.round(worked.length / STRETCH)) }, (_, at) =>
    worked.slice(at * STRETCH, (at + 1) * STRETCH),
  );
  return {
    asked: round(asked(worked)),
    askedByThousand: stretches.map((stretch) => round(asked(stretch))),
    rightAlone: round(rightAlone(worked)),
    worstThousand: round(Math.min(...stretches.map(rightAlone))),
    outcomes: Object.fromEntries(
      [...Map.groupBy(worked, ({ run }) => run?.outcome ?? 'lost')].map(([outcome, of]) => [outcome, of.length]),
    ),
  };
}

/** A message, and what became of it. */
interface Worked {
  readonly intent: string;
  readonly run: ClosedRun | undefined;
}

function asked(worked: readonly Worked[]): number {
  return worked.filter(({ run }) => run?.decided).length / worked.length;
}

function rightAlone(worked: readonly Worked[]): number {
  const alone = worked.filter(({ run }) => run?.outcome === 'accepted' && !run.decided);
  return alone.length === 0
    ? 1
    : alone.filter(({ intent, run }) => run?.output?.intent === intent).length / alone.length;
}

/** To four places. */
export function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
