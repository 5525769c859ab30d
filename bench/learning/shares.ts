import { workflowIdOf } from '../../worker/demo/stream.ts';
import type { ClosedRun } from '../../worker/demo/record.ts';
import type { LabelledMessage } from '../../worker/own-loops/triage-dataset.ts';

/** What became of a stream of messages. Shares are from 0 to 1. */
export interface StreamShares {
  /** Messages that a person was asked about, audits included. */
  readonly asked: number;
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
    asked: round(worked.filter(({ run }) => run?.decided).length / worked.length),
    rightAlone: round(rightAlone(worked)),
    worstThousand: round(Math.min(...stretches.map(rightAlone))),
    outcomes: Object.fromEntries(
      [...Map.groupBy(worked, ({ run }) => run?.outcome ?? 'lost')].map(([outcome, of]) => [outcome, of.length]),
    ),
  };
}

function rightAlone(worked: readonly { readonly intent: string; readonly run: ClosedRun | undefined }[]): number {
  const alone = worked.filter(({ run }) => run?.outcome === 'accepted' && !run.decided);
  return alone.length === 0
    ? 1
    : alone.filter(({ intent, run }) => run?.output?.intent === intent).length / alone.length;
}

/** To four places. */
export function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
