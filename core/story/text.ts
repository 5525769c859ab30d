import { assertNever } from '../assert-never.ts';
import { placeInChain } from '../chain.ts';
import { dollars, moment, span } from '../figures.ts';
import { microUsd } from '../money.ts';
import { plainCommand, plainLine } from '../plain-text.ts';
import { eventText } from './event-text.ts';
import { LONG, SHORT } from './lengths.ts';
import type { Beginning, Cost, Ending, Story } from './story.ts';

/** A story in words, a paragraph a phase, in the order of the run's life. What came from outside is shown and never obeyed. */
export function storyText(story: Story): string {
  const { workflowId, loop, runKey, firstRunId, began, cost, notes } = story;
  const name = plainLine(workflowId, SHORT);
  const title = `${name}: loop ${plainLine(loop, SHORT)}, run ${plainLine(runKey ?? firstRunId, SHORT)}`;
  return [
    title,
    ...notes.map((note) => `Note: ${plainLine(note, LONG)}`),
    beginning(began),
    ...story.events.map(eventText),
    ...(cost === undefined ? [] : [costText(cost)]),
    ...(story.lessons.length === 0 ? [] : [lessonsText(story.lessons)]),
    endingText(story),
    ...(story.others.length === 0 ? [] : [othersText(story.others)]),
  ].join('\n\n');
}

function beginning(began: Beginning): string {
  const { trigger, input, workKey, harness, budgetMicroUsd, watermark, dryRun } = began;
  const by = trigger?.by === undefined ? '' : ` by ${plainLine(trigger.by, SHORT)} (unverified)`;
  const from = trigger?.source === undefined ? '' : ` from ${plainLine(trigger.source, SHORT)}`;
  const place = trigger?.depth === undefined ? '' : `, the ${placeInChain(trigger)} in a chain of loops`;
  const how = trigger === undefined ? '' : ` ${WAYS[trigger.kind]}${by}${from}${place}`;
  const work = workKey === undefined ? '' : ` for the work ${plainLine(workKey, SHORT)}`;
  const pinned =
    harness === undefined
      ? ''
      : ` It was pinned to harness ${plainLine(harness, SHORT)}, a budget of ${dollars(budgetMicroUsd ?? 0)} and the lessons up to #${watermark ?? 0}.`;
  const dry = dryRun ? ' It was a dry run: everything but the effects.' : '';
  const given = input === undefined ? 'Its input is not there any more.' : `Its input: ${plainLine(input, LONG)}`;
  return `Began ${moment(began.at)}${how}${work}.${pinned}${dry}\n  ${given}`;
}

const WAYS = {
  manual: 'by hand',
  schedule: 'on a schedule',
  webhook: 'by a webhook',
  ci: 'by a CI job',
  loop: 'by another loop',
  finder: 'by a finder',
  eval: 'by an experiment',
} as const;

function costText({ microUsd: cost, budgetMicroUsd, calls, uncertain }: Cost): string {
  if (calls.length === 0) return `Cost ${dollars(cost)}: no paid call was made.`;
  const lines = calls.map((call) => {
    const what = `${plainLine(call.stage, SHORT)}/${call.attempt} ${plainLine(call.call, SHORT)}, ${plainLine(call.model, SHORT)}`;
    return `  - ${what}: ${CALLS[call.state](call)}`;
  });
  const doubt =
    uncertain === 0
      ? ''
      : ` ${uncertain} of them ${uncertain === 1 ? 'is' : 'are'} uncertain: whether the provider charged is not known, so the worst case is booked.`;
  const count = `${calls.length} call${calls.length === 1 ? '' : 's'}`;
  return [`Cost ${dollars(cost)} of ${dollars(budgetMicroUsd)}, in ${count}.${doubt}`, ...lines].join('\n');
}

type Call = Cost['calls'][number];

const CALLS: Readonly<Record<Call['state'], (call: Call) => string>> = {
  settled: (call) => `${dollars(call.bookedMicroUsd)} (${call.inputTokens} tokens in, ${call.outputTokens} out)`,
  uncertain: (call) => `${dollars(call.bookedMicroUsd)}, uncertain`,
  held: (call) => `${dollars(call.reservedMicroUsd)} reserved, in flight`,
  released: () => 'nothing: the provider charged nothing',
};

function lessonsText(lessons: Story['lessons']): string {
  const lines = lessons.map(({ id, kind, source, by, text }) => {
    const who = by === undefined ? '' : `, ${plainLine(by, SHORT)}`;
    return `  - #${id} ${plainLine(kind, SHORT)} (from ${plainLine(source, SHORT)}${who}): ${plainLine(text, LONG)}`;
  });
  return [`Left ${lessons.length} lesson${lessons.length === 1 ? '' : 's'}.`, ...lines].join('\n');
}

function endingText({ ended, began }: Story): string {
  switch (ended.kind) {
    case 'closed': {
      const odd = ended.temporal === undefined ? '' : ` (Temporal shows it as ${ended.temporal}.)`;
      const after = span(Math.max(0, ended.at - began.at));
      return `Ended ${ended.outcome} ${moment(ended.at)}, after ${after}: ${plainLine(ended.reason, LONG)}${odd}`;
    }
    case 'failed':
      return `Failed${when(ended.at)} with ${plainLine(ended.type, SHORT)}, so nothing was done: ${plainLine(ended.message, LONG)}`;
    case 'gone':
      return `Ended from outside${when(ended.at)} (${ended.status}); it could not close itself.`;
    case 'unknown':
      return `How it ended is not known: ${plainLine(ended.why, LONG)}.`;
    case 'running':
      return runningText(ended);
    case 'short':
      return shortText(ended);
    case 'waiting':
      return waitingText(ended);
    default:
      return assertNever(ended);
  }
}

function when(at: number | undefined): string {
  return at === undefined ? '' : ` ${moment(at)}`;
}

function runningText({ live }: Extract<Ending, { kind: 'running' }>): string {
  if (live === undefined) return 'Not closed: it is at work, or waits for a worker.';
  const stage = live.stage === undefined ? 'it is being opened' : `stage ${plainLine(live.stage, SHORT)}`;
  return `At work: ${stage}, attempt ${live.attempt}, ${live.attemptsLeft} left.`;
}

function shortText({ live }: Extract<Ending, { kind: 'short' }>): string {
  if (live?.budget === undefined) return 'Waits for money; no worker says just now how much.';
  const { budget, budgetNeedsUsd = 0, budgetLeftUsd = 0, budgetExpiresAt = '', raiseCommand = '' } = live;
  const need = `the next call may cost ${dollars(microUsd(budgetNeedsUsd))} and ${dollars(microUsd(budgetLeftUsd))} are left`;
  return `Waits for money at ${plainLine(budget, SHORT)}, until ${plainLine(budgetExpiresAt, SHORT)}: ${need}.\n  ${plainCommand(raiseCommand)}`;
}

/** The commands are the run's own, so that they can be pasted. */
function waitingText({ because, live }: Extract<Ending, { kind: 'waiting' }>): string {
  const gate = live?.gate === undefined ? '' : ` at ${plainLine(live.gate, SHORT)}`;
  const until = live?.gateExpiresAt === undefined ? '' : `, until ${plainLine(live.gateExpiresAt, SHORT)}`;
  const commands = [live?.approveCommand, live?.reviseCommand, live?.rejectCommand]
    .filter((command) => command !== undefined)
    .map((command) => `  ${plainCommand(command)}`);
  return [`Waits for a decision${gate}${until}, because ${plainLine(because, LONG)}.`, ...commands].join('\n');
}

function othersText(others: Story['others']): string {
  const lines = others.map(
    ({ runKey, openedAt, outcome, state }) =>
      `  - ${plainLine(runKey, SHORT)}: opened ${moment(openedAt)}, ${outcome ?? state}`,
  );
  return ['Other runs under this workflow id (tell one with --run-id):', ...lines].join('\n');
}
