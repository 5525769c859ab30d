import { z } from 'zod';
import { failure } from '../../contract/failures.ts';
import { VersionName } from '../../contract/harness-move.ts';
import type { Experiment } from '../../contract/experiment.ts';
import { ABLATION_OF } from '../../contract/kept-lesson.ts';
import { microUsd } from '../../core/money.ts';
import { fnv1a } from '../../core/reader/ngrams.ts';
import type { Dependencies } from '../dependencies.ts';
import { growCases } from '../cases.ts';
import { knownLoop } from '../pinned.ts';
import { ABLATION_CASES } from './shown-cases.ts';

/** What an eval is started with. */
export const EvalInput = z.strictObject({
  loop: z.string(),
  /** Version to measure; the current one by default. */
  harness: VersionName.optional(),
  /** Version to hold it against, or the id of an earlier eval: then what changed may be code. */
  against: z.string().min(1).max(500).optional(),
  /** Lesson to leave out of a second arm of the same version: what is it worth? */
  lesson: z.int().min(1).optional(),
  /** Most cases. */
  most: z.int().min(1).max(100_000).optional(),
  atLeast: z.number().min(0).max(1).default(0.8),
  budgetUsd: z.number().min(0).max(10_000).default(5),
});

/** An eval that is to begin. */
export interface OpenEvalInput {
  /** What the workflow was started with. */
  readonly input: unknown;
  readonly workflowId: string;
  readonly at: number;
}

/** Records an eval. @throws `InvalidInput`, `UnknownLoop`. */
export async function openEval(deps: Dependencies, { input, workflowId, at }: OpenEvalInput): Promise<Experiment> {
  const parsed = EvalInput.safeParse(input);
  if (!parsed.success)
    throw failure('InvalidInput', `The input of an eval does not fit:\n${z.prettifyError(parsed.error)}`);
  const { loop, harness, against, lesson, most, atLeast, budgetUsd } = parsed.data;
  knownLoop(deps, loop);
  const candidate = harness ?? (await currentOf(deps, loop));
  await mustExist(deps, loop, candidate);
  if (lesson !== undefined) await mustHave(deps, { loop, lesson, against });
  const other = lesson === undefined ? await otherSide(deps, loop, against) : { baseline: candidate };
  return await openExperiment(deps, {
    id: workflowId,
    loop,
    candidate,
    ...(lesson === undefined
      ? { kind: 'eval' as const, ...(most === undefined ? {} : { most }) }
      : { kind: 'ablation' as const, cluster: `${ABLATION_OF}${lesson}`, most: most ?? ABLATION_CASES }),
    ...other,
    widens: false,
    atLeast,
    budgetMicroUsd: microUsd(budgetUsd),
    workflowId,
    at,
  });
}

async function otherSide(
  deps: Dependencies,
  loop: string,
  against: string | undefined,
): Promise<Pick<Experiment, 'baseline' | 'earlier'>> {
  if (against === undefined) return {};
  if (VersionName.safeParse(against).success) {
    await mustExist(deps, loop, against);
    return { baseline: against };
  }
  const earlier = await deps.store.experiments.find(against);
  if (earlier?.loop === loop && earlier.kind === 'eval') return { earlier: against };
  throw failure(
    'InvalidInput',
    `"${against}" is neither a version such as v3 nor an eval of loop ${loop}. The dashboard lists them under /loops/${loop}/learning.`,
  );
}

/** What its opener says of an experiment; the rest is pinned here. */
export type NewExperiment = Omit<
  Experiment,
  'watermark' | 'seed' | 'state' | 'standing' | 'because' | 'openedAt' | 'closedAt'
> & { readonly at: number };

/** Records an experiment, once: its cases are up to date, and what its arms may know and in which order they are asked is pinned. */
export async function openExperiment(deps: Dependencies, { at, ...experiment }: NewExperiment): Promise<Experiment> {
  await growCases(deps, experiment.loop);
  return await deps.store.experiments.open({
    ...experiment,
    watermark: await deps.store.lessons.watermark(),
    seed: fnv1a(experiment.id),
    state: 'running',
    standing: 'collecting',
    because: 'no case has run yet',
    openedAt: at,
  });
}

/** The version that new runs of a loop are pinned to. */
export async function currentOf(deps: Dependencies, loop: string): Promise<string> {
  const current = await deps.store.harnesses.current(loop);
  if (current !== undefined) return `v${current.version}`;
  throw failure('InvalidInput', `Loop ${loop} has no harness yet: start a worker with it once.`);
}

async function mustHave(
  { store }: Dependencies,
  { loop, lesson, against }: { readonly loop: string; readonly lesson: number; readonly against: string | undefined },
): Promise<void> {
  if (against !== undefined)
    throw failure('InvalidInput', 'A lesson is left out of the same version: leave out `lesson` or `against`.');
  if ((await store.lessonStates.find(loop, lesson)) !== undefined) return;
  throw failure(
    'InvalidInput',
    `Loop ${loop} has no lesson ${lesson}. \`loopwright lessons list ${loop}\` lists them.`,
  );
}

async function mustExist(deps: Dependencies, loop: string, wanted: string): Promise<void> {
  const found = await deps.store.harnesses.find(loop, wanted);
  if (found?.body === null)
    throw failure(
      'InvalidInput',
      `${wanted} of loop ${loop} was erased. \`loopwright harness list ${loop}\` lists the others.`,
    );
  if (found !== undefined) return;
  throw failure(
    'InvalidInput',
    `Loop ${loop} has no harness version ${wanted}. \`loopwright harness list ${loop}\` lists them.`,
  );
}
