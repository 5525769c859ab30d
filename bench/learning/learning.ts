import { answerKey } from '../../worker/demo/answer-key.ts';
import { heldOutCurve, type HeldOutPoint } from '../../worker/demo/held-out.ts';
import type { Screen } from '../../worker/demo/screen.ts';
import { lower, raise, type Stage } from '../../worker/demo/stage.ts';
import { streamMessages } from '../../worker/demo/stream.ts';
import { chooseLearner } from '../../worker/models/learner.ts';
import type { LabelledMessage } from '../../worker/own-loops/triage-dataset.ts';
import { improveOnce, type Look, type Promotion } from './improve.ts';
import { sharesOf } from './shares.ts';

/** What to learn from, and how. */
export interface LearningOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  /** Most messages of the stream. */
  readonly messages: number;
  /** Let `improve` look for a change after so many messages. */
  readonly improveAfter: readonly number[];
  readonly screen: Screen;
}

/** What was learned. Shares are from 0 to 1. */
export interface LearningResult {
  readonly dataset: string;
  readonly embedder: string;
  readonly messages: number;
  /** Accuracy of the learner on messages that it never saw. */
  readonly heldOut: readonly HeldOutPoint[];
  readonly asked: number;
  readonly askedByThousand: readonly number[];
  readonly rightAlone: number;
  readonly worstThousand: number;
  readonly promotions: readonly Promotion[];
  /** What `improve` came to each time, and why where it promoted nothing. */
  readonly looks: readonly Omit<Look, 'promotion'>[];
}

/** Messages after which the learner is held against messages that it never saw. */
const POINTS = [0, 300, 1000, 3000, 10_000];

/** Runs at the same time. */
const IN_FLIGHT = 12;

/** Works through the stream with the real loop, in which the answer key decides at the gates and nowhere else. */
export async function learning(options: LearningOptions): Promise<LearningResult> {
  const { env, cacheDir, screen } = options;
  const stage = await raise({ env, cacheDir, screen, messages: options.messages, keep: false, interactive: false });
  try {
    const { dataset, data, record } = stage;
    const messages = dataset.stream.slice(0, options.messages);
    const looked = await work(stage, messages, options.improveAfter);
    const { outcomes, ...shares } = sharesOf(messages, record.closedRuns());
    screen.say(`Outcomes: ${JSON.stringify(outcomes)}`);
    const learner = await chooseLearner({ env, cacheDir, data, report: () => {} });
    const onProgress = (share: number): void => screen.progress(`Held-out: ${Math.round(100 * share)} %`);
    const points = [...POINTS, messages.length].filter((after) => after <= 10_000 || messages.length < 10_000);
    const heldOut = await heldOutCurve(dataset, messages, learner, record, onProgress, points);
    const promotions = looked.flatMap(({ promotion }) => promotion ?? []);
    const looks = looked.map(({ after, outcome, because }) => ({ after, outcome, because }));
    return {
      dataset: dataset.name,
      embedder: learner.model,
      messages: messages.length,
      heldOut,
      ...shares,
      promotions,
      looks,
    };
  } finally {
    await lower(stage);
  }
}

async function work(
  stage: Stage,
  messages: readonly LabelledMessage[],
  improveAfter: readonly number[],
): Promise<Look[]> {
  const right = await answerKey();
  const { loops, record, options } = stage;
  const looks: Look[] = [];
  const stops = [...improveAfter.filter((after) => after < messages.length), messages.length];
  let from = 0;
  for (const to of stops) {
    const done = from;
    await streamMessages({
      messages: messages.slice(from, to),
      loops,
      record,
      inFlight: IN_FLIGHT,
      right,
      onTick: (more) => options.screen.progress(`${done + more} of ${messages.length} messages`),
    });
    from = to;
    if (to < messages.length) looks.push(await improveOnce(stage, to));
  }
  return looks;
}
