import { z } from 'zod';
import { failure } from '../../contract/failures.ts';
import type { PinnedRun } from '../../contract/run.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { microUsd } from '../../core/money.ts';
import type { Dependencies } from '../dependencies.ts';
import { currentOf } from '../experiments/open.ts';
import { knownLoop } from '../pinned.ts';
import { judgesOf } from './judges-of.ts';

/** What the workflow that asks judges again is started with. */
const AskJudgesInput = z.strictObject({
  loop: z.string(),
  /** Most artefacts that each judge is asked about. */
  most: z.int().min(1).max(1000).default(120),
  budgetUsd: z.number().min(0).max(10_000).default(1),
});

/** Judges that are to be asked again. */
export interface OpenAskingInput {
  /** What the workflow was started with. */
  readonly input: unknown;
  readonly workflowId: string;
  readonly at: number;
}

/** Judges that are asked again: who pays, on which harness and prices, and how much each of them is asked. */
export interface OpenAsking {
  /** As a run in the ledger: its calls are booked on it, under the caps of its loop. */
  readonly run: PinnedRun;
  readonly most: number;
}

/** Pins what judges are asked on. @throws `InvalidInput`, `UnknownLoop`. */
export async function openAsking(deps: Dependencies, { input, workflowId, at }: OpenAskingInput): Promise<OpenAsking> {
  const parsed = AskJudgesInput.safeParse(input);
  if (!parsed.success)
    throw failure('InvalidInput', `The input of askJudges does not fit:\n${z.prettifyError(parsed.error)}`);
  const { loop, most, budgetUsd } = parsed.data;
  const entry = knownLoop(deps, loop);
  if (judgesOf(entry.loop).length === 0)
    throw failure('InvalidInput', `Loop ${loop} has no judge, panel or comparison to ask: add one to \`verify\`.`);
  const { artefacts, lessons } = deps.store;
  const owner = { runKey: workflowId, keep: 'durable' } as const;
  const run: PinnedRun = {
    runKey: workflowId,
    loop,
    workKey: `${loop}/${workflowId}`,
    input: artefacts.digest('{}'),
    harness: await currentOf(deps, loop),
    watermark: await lessons.watermark(),
    prices: await artefacts.put(canonicalJson(deps.prices), owner),
    budgetMicroUsd: microUsd(budgetUsd),
    dryRun: true,
    asOf: at,
  };
  return { run, most };
}
