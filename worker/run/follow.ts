import type { Started } from '../../client/loop-client.ts';
import { watchRun } from '../../client/watch.ts';
import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import type { Status } from '../../contract/messages.ts';
import type { RunResult } from '../../contract/outcomes.ts';
import type { Closing, RunEvent } from '../../contract/run-event.ts';
import { eventLine } from '../../core/event-line.ts';
import { dollars } from '../../core/figures.ts';
import { microUsd } from '../../core/money.ts';
import { plainCommand, plainLine } from '../../core/plain-text.ts';
import { exitOf } from '../../core/run-exit.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { RunCommandOptions } from './options.ts';
import type { Connected } from '../cluster/connect-client.ts';
import { statusOf } from '../run-status.ts';

/** How long a start waits to see whether the run could be opened, in milliseconds. */
const OPENING_MS = 5000;

/** Waits until a run is open or closed, for a few seconds; undefined where nobody has taken it by then. @throws CommandError where it failed. */
export async function untilOpened({ client }: Connected, started: Started): Promise<RunEvent | undefined> {
  const signal = AbortSignal.timeout(OPENING_MS);
  for await (const event of watchRun(client, { ...runOf(started), signal })) {
    if (event.kind === 'closed') refuseFailed(event.closing);
    if (event.kind === 'closed' || event.kind === 'opened') return event;
  }
  return undefined;
}

/** Waits for a run, with its events on stderr where asked to, and prints its result. @throws CommandError where it failed. */
export async function follow(
  context: CommandContext,
  connected: Connected,
  started: Started,
  options: RunCommandOptions,
): Promise<ExitCode> {
  const say = (text: string): void => (options.watch ? context.report(text) : undefined);
  const { workflowId } = started;
  process.once('SIGINT', () => {
    context.report(`No longer watched; ${workflowId} goes on. The same command watches it again.`);
    process.exit(130);
  });
  say(`${workflowId}: ${started.alreadyRunning ? 'watching' : 'started'}`);
  for await (const event of watchRun(connected.client, runOf(started))) {
    if (event.kind === 'closed') return close(context, workflowId, event.closing);
    say(eventLine(event));
    const waiting = await waitingFor(connected, workflowId, event);
    if (waiting === undefined) continue;
    for (const line of waiting.lines) say(line);
    if (options.human) continue;
    if (!options.watch) for (const line of waiting.lines) context.report(line);
    return leaveToHuman(context, workflowId, waiting);
  }
  throw new CommandError(`The watch of ${workflowId} ended before the run did.`);
}

function runOf({ workflowId, runId }: Started): { workflowId: string; runId?: string } {
  return { workflowId, ...(runId === undefined ? {} : { runId }) };
}

/** What a run waits for, with the commands that let it go on. */
interface Waiting {
  readonly state: 'awaitingDecision' | 'awaitingBudget';
  readonly where: string | undefined;
  readonly status: Partial<Status>;
  readonly lines: readonly string[];
}

/** What an event makes a run wait for; undefined where it goes on by itself, or has gone on meanwhile. */
async function waitingFor(connected: Connected, workflowId: string, event: RunEvent): Promise<Waiting | undefined> {
  if (event.kind === 'gate') {
    const status = await openGate(connected, workflowId, event);
    if (status === undefined) return undefined;
    const lines = gateLines(connected, workflowId, status);
    return { state: 'awaitingDecision', where: status.gate, status, lines };
  }
  if (event.kind !== 'budget') return undefined;
  const { client } = connected;
  const asked = await statusOf(client, client.workflow.getHandle(workflowId));
  const status: Partial<Status> = asked ?? { budget: event.budget };
  if (status.budget === undefined) return undefined;
  const lines =
    status.raiseCommand === undefined ? [unseen(connected, workflowId)] : [`  ${plainCommand(status.raiseCommand)}`];
  return { state: 'awaitingBudget', where: status.budget, status, lines };
}

/** What the run says about a gate; undefined where it has been decided meanwhile. A run whose worker is away still waits there. */
async function openGate(
  { client }: Connected,
  workflowId: string,
  { gate, digest }: Extract<RunEvent, { kind: 'gate' }>,
): Promise<Partial<Status> | undefined> {
  const status = await statusOf(client, client.workflow.getHandle(workflowId));
  if (status === undefined) return { gate, gateDigest: digest };
  return status.gateDigest === digest ? status : undefined;
}

function gateLines(connected: Connected, workflowId: string, status: Partial<Status>): string[] {
  if (status.approveCommand === undefined) return [unseen(connected, workflowId)];
  return [
    ...(status.gateBecause === undefined ? [] : [`  because ${plainLine(status.gateBecause, 300)}`]),
    ...[status.approveCommand, status.reviseCommand, status.rejectCommand]
      .filter((command) => command !== undefined)
      .map((command) => `  ${plainCommand(command)}`),
  ];
}

function unseen({ flags }: Connected, workflowId: string): string {
  return `  no worker answers just now; see it with: temporal workflow query${flags} -w ${plainCommand(workflowId)} --name status`;
}

function leaveToHuman({ print, report }: CommandContext, workflowId: string, waiting: Waiting): ExitCode {
  const { state, where, status } = waiting;
  print(JSON.stringify({ workflowId, ...status, state }));
  const until = state === 'awaitingBudget' ? 'raised' : 'decided';
  report(`${workflowId} waits for a human at ${where}, and goes on when it is ${until}.`);
  return EXIT.waitingForHuman;
}

function close({ print, report }: CommandContext, workflowId: string, closing: Closing): ExitCode {
  refuseFailed(closing);
  report(`${workflowId}: ${eventLine({ kind: 'closed', at: 0, closing })}`);
  if (closing.kind === 'completed') {
    if (closing.result.wouldHave !== undefined) for (const line of wouldHaveLines(closing.result)) report(line);
    print(JSON.stringify({ workflowId, ...closing.result }));
  }
  return exitOf(closing);
}

/** What a dry run found out, in words. */
function wouldHaveLines({ wouldHave, output, costUsd, outcome }: RunResult): string[] {
  const { effects = [], asked } = wouldHave ?? {};
  const cost = dollars(microUsd(costUsd));
  if (outcome !== 'dryRun') return [`Nothing would have happened. It cost ${cost}.`];
  const first =
    asked === undefined
      ? 'No human would have been asked.'
      : `A human would have been asked first: ${plainLine(asked, 500)}.`;
  const then =
    effects.length === 0
      ? 'The loop has no effect.'
      : `It would have done ${effects.map((name) => `\`${plainLine(name, 100)}\``).join(', ')} with: ${plainLine(JSON.stringify(output) ?? 'an output too large to show', 2000)}`;
  return [first, then, `It cost ${cost}.`];
}

function refuseFailed(closing: Closing): void {
  if (closing.kind !== 'failed') return;
  throw new CommandError(`${plainLine(closing.type, 100)}: ${plainLine(closing.message, 2000)}`, exitOf(closing));
}
