import type { Learner } from '../../activities/models/learner.ts';
import type { LabelledMessage, TriageDataset } from '../own-loops/triage-dataset.ts';
import type { DemoRecord } from './record.ts';
import { workflowIdOf } from './stream.ts';

/** Held-out accuracy of the learner after so many messages. */
export interface HeldOutPoint {
  readonly after: number;
  readonly accuracy: number;
}

/**
 * The learning curve on messages that were never learnt from. The learner answers at any earlier watermark exactly as it
 * did then, so the curve is computed afterwards: at each point it knows the examples that the first `after` messages left.
 * `afters`: those points, as far as the messages go.
 */
export async function heldOutCurve(
  dataset: TriageDataset,
  worked: readonly LabelledMessage[],
  learner: Learner,
  record: DemoRecord,
  onProgress: (share: number) => void,
  afters: readonly number[] = [0, 100, 300, 1000, 3000, worked.length],
): Promise<HeldOutPoint[]> {
  const position = new Map(worked.map((message, index) => [workflowIdOf(message), index]));
  const known = record.examples();
  const points = [...new Set(afters)].filter((after) => after <= worked.length).toSorted((a, b) => a - b);
  const knows = points.map((after) => {
    const watermark = lastExample(known, position, record, after);
    const examples = known.filter(({ id }) => id <= watermark).map(({ id, text, label }) => ({ id, text, label }));
    return { loop: 'supportTriage', labels: dataset.intents, examples, watermark };
  });
  const right = points.map(() => 0);
  for (const [index, message] of dataset.heldOut.entries()) {
    for (const [point, known] of knows.entries())
      if ((await learner.answer({ ...known, text: message.text })).label === message.intent)
        right[point] = (right[point] ?? 0) + 1;
    if (index % 50 === 0) onProgress(index / dataset.heldOut.length);
  }
  return points.map((after, point) => ({ after, accuracy: round((right[point] ?? 0) / dataset.heldOut.length) }));
}

/** Id of the last example that one of the first `after` messages left; examples are learnt about in the order of the stream. */
function lastExample(
  known: ReturnType<DemoRecord['examples']>,
  position: ReadonlyMap<string, number>,
  record: DemoRecord,
  after: number,
): number {
  const workflows = record.workflowIds();
  const early = known.filter(({ runKey }) => (position.get(workflows.get(runKey) ?? '') ?? Infinity) < after);
  return early.at(-1)?.id ?? 0;
}

function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
