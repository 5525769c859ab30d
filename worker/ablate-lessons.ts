import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Dependencies } from '../activities/dependencies.ts';
import {
  ablationIds,
  ablationInput,
  nextAblation,
  type AblationSettings,
} from '../activities/experiments/next-ablation.ts';
import type { LessonTrial } from '../contract/kept-lesson.ts';
import { IMPROVE, TASK_QUEUE } from '../contract/names.ts';
import { startOnce } from './start-once.ts';

/** When lessons are left out by themselves, and where the runs are made. */
export interface AblateOptions {
  readonly settings: AblationSettings;
  /** Loops whose lessons are tried; all of the worker without it. */
  readonly loops?: readonly string[] | undefined;
  readonly taskQueue?: string;
}

/**
 * Finds out by itself what lessons are worth, one of a loop at a time: runs of cases with it and without it. What is to be run is on
 * record before it is started, and is named after its lesson, so it is started once, whoever is killed when. Returns what was started.
 */
export async function ablateLessons(
  deps: Dependencies,
  client: Client,
  { settings, loops, taskQueue = TASK_QUEUE }: AblateOptions,
): Promise<readonly string[]> {
  const started: string[] = [];
  if (settings.perDay === 0) return started;
  for (const loop of deps.loops.keys()) {
    if (loop === IMPROVE || loops?.includes(loop) === false) continue;
    const open = (await deps.store.lessonStates.trials(loop)).filter(({ state }) => state !== 'closed');
    const going = await Promise.all(open.map((trial) => goesOn(deps, { client, loop, taskQueue }, trial)));
    if (going.includes(true)) continue;
    const next = await nextAblation(deps, loop, settings);
    const trial = (await deps.store.lessonStates.trials(loop)).find(({ experiment }) => experiment === next?.id);
    if (trial === undefined || !(await start({ client, loop, taskQueue }, trial))) continue;
    deps.report(`${trial.experiment}: started, to find out what lesson #${trial.lesson} of ${loop} is worth.`);
    started.push(trial.experiment);
  }
  return started;
}

interface Place {
  readonly client: Client;
  readonly loop: string;
  readonly taskQueue: string;
}

/** Whether an ablation is at work. One whose workflow has ended without a verdict is closed: nobody goes on with it. */
async function goesOn({ store, now }: Dependencies, place: Place, trial: LessonTrial): Promise<boolean> {
  const status = await statusOf(place.client, trial.workflowId);
  if (status === 'RUNNING') return true;
  // Recorded by a process that was killed before it started it.
  if (status === undefined && trial.experiment.startsWith(ablationIds(place.loop))) {
    await start(place, trial);
    return true;
  }
  await store.experiments.stand(trial.experiment, {
    state: 'closed',
    standing: 'inconclusive',
    because: `its workflow is over (${status?.toLowerCase() ?? 'forgotten'}); until then ${trial.because}`,
    closedAt: now(),
  });
  return false;
}

/** How a workflow stands; undefined where there is none. */
async function statusOf(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Starts the workflow of an ablation that is on record; false where it was started before. */
async function start({ client, loop, taskQueue }: Place, trial: LessonTrial): Promise<boolean> {
  return await startOnce(client, {
    type: 'evaluateHarness',
    workflowId: trial.workflowId,
    taskQueue,
    input: ablationInput({ loop, ...trial }),
    summary: `what lesson #${trial.lesson} of ${loop} is worth`,
  });
}
