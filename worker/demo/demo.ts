import { chooseLearner } from '../models/learner.ts';
import type { LabelledMessage } from '../own-loops/triage-dataset.ts';
import { partLines } from '../review/review-text.ts';
import { heldOutCurve } from './held-out.ts';
import { learnTogether } from './learn-together.ts';
import { reviewed } from './reviewed.ts';
import { hostile, report, work } from './scenes.ts';
import { bar, curve, percent } from './screen.ts';
import { kept, lower, raise, type DemoOptions, type Stage } from './stage.ts';
import { workflowIdOf } from './stream.ts';
import { count, type DemoSummary } from './summary.ts';

/** Brings everything up, works through the stream with a crash in the middle, and says what happened. */
export async function demo(options: DemoOptions): Promise<DemoSummary> {
  const began = performance.now();
  const { screen } = options;
  const stage = await raise(options);
  try {
    const messages = stage.dataset.stream.slice(0, options.messages);
    const crash = await work(stage, messages);
    const streamed = (performance.now() - began) / 1000;
    await hostile(stage);
    await report(stage);
    screen.say(`Held-out: asking the learner about ${stage.dataset.heldOut.length} messages it never saw …`);
    const learner = await chooseLearner({
      env: options.env,
      cacheDir: options.cacheDir,
      data: stage.data,
      report: () => {},
    });
    const heldOut = await heldOutCurve(stage.dataset, messages, learner, stage.record, (share) =>
      screen.progress(`  ${bar(share, 30)} ${percent(share, 1)}`),
    );
    const counted = count(stage.record.closedRuns(), stage.dataset);
    const review = await reviewed(stage);
    const summary: DemoSummary = {
      dataset: stage.dataset.name,
      embedder: learner.model,
      messages: messages.length,
      ...only(counted),
      heldOut,
      crash,
      review: { done: review.done, total: review.total },
      ...(await histories(stage, messages)),
      runsPerSecond: round(messages.length / streamed),
      seconds: round((performance.now() - began) / 1000),
    };
    screen.say(story(summary, counted.costUsd));
    screen.say(`Review of ${review.loop}: ${review.done} of ${review.total} (loopwright review says what is next)`);
    for (const line of partLines(review)) screen.say(line);
    if (options.interactive) await learnTogether(stage);
    if (options.keep) await kept(stage);
    return summary;
  } finally {
    await lower(stage);
  }
}

async function histories(
  { client }: Stage,
  messages: readonly LabelledMessage[],
): Promise<{ eventsPerRun: number; historyBytesPerRun: number }> {
  const sample = messages.filter((_, index) => index % Math.ceil(messages.length / 50) === 0);
  const described = await Promise.all(
    sample.map((message) => client.workflow.getHandle(workflowIdOf(message)).describe()),
  );
  const mean = (numbers: readonly number[]): number =>
    round(numbers.reduce((sum, number) => sum + number, 0) / numbers.length);
  return {
    eventsPerRun: mean(described.map((run) => run.historyLength)),
    historyBytesPerRun: mean(described.map((run) => Number(run.raw.workflowExecutionInfo?.historySizeBytes ?? 0))),
  };
}

function story(summary: DemoSummary, costUsd: number): string {
  const { gates, messages, actedAlone, actedAloneRight, verifierFails, verifierFailsRight, heldOut, audits } = summary;
  return [
    '',
    `Outcomes: ${Object.entries(summary.outcomes)
      .map(([outcome, times]) => `${outcome} ${times}`)
      .join(', ')}`,
    `People were asked about ${percent(gates, messages)} of the messages (${audits} of them audits); ${percent(actedAloneRight, actedAlone)} of what was acted on alone was right.`,
    `The second reader said no ${verifierFails} times and was right ${verifierFailsRight} times.`,
    `Cost ${costUsd.toFixed(2)} USD; ${summary.eventsPerRun} events and ${Math.round(summary.historyBytesPerRun)} bytes of history a run; ${summary.runsPerSecond} runs/s; ${summary.seconds} s in all.`,
    `Held-out accuracy (${summary.embedder}, ${summary.dataset}), learning from people's decisions only:`,
    curve(heldOut),
    '',
  ].join('\n');
}

function only({
  outcomes,
  gates,
  audits,
  actedAlone,
  actedAloneRight,
  verifierFails,
  verifierFailsRight,
}: ReturnType<typeof count>) {
  return { outcomes, gates, audits, actedAlone, actedAloneRight, verifierFails, verifierFailsRight };
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
