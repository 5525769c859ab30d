import { setTimeout as pause } from 'node:timers/promises';
import type { LoopClient } from '../../client/loop-client.ts';
import type { LabelledMessage } from '../own-loops/triage-dataset.ts';
import type { DemoRecord, OpenGate, Triage } from './record.ts';

/** Who decides in the demo; recorded as unverified, like every bare signal. */
export const ANSWER_KEY = 'answer-key@demo';

/** How often the store is read, in milliseconds. */
const TICK_MS = 25;

/**
 * A decision that the run has not recorded after this long is sent again, and after twice as long once more: the run
 * refuses it if it counted. A worker that is behind is not helped by more to do.
 */
const RESEND_MS = 1500;

/** When a decision was sent for the last time, and how long to wait for it. */
interface Sent {
  readonly at: number;
  readonly waitMs: number;
}

/** What drives a stream of messages through `supportTriage`. */
export interface StreamOptions {
  readonly messages: readonly LabelledMessage[];
  readonly loops: LoopClient;
  readonly record: DemoRecord;
  /** Runs at the same time. */
  readonly inFlight: number;
  /** The right output for a message whose intent is known. */
  readonly right: (intent: string) => Triage;
  /** Called each tick with how many messages are done, and which runs are open. */
  readonly onTick: (done: number, open: ReadonlySet<string>) => Promise<void> | void;
}

/** Starts every message once, and lets the dataset's answer key decide at the gates: it approves what is right and corrects what is not. */
export async function streamMessages(options: StreamOptions): Promise<void> {
  const truth = new Map(options.messages.map((message) => [workflowIdOf(message), message.intent]));
  const waiting = [...options.messages];
  const open = new Set<string>();
  const sent = new Map<string, Sent>();
  let done = 0;
  while (waiting.length > 0 || open.size > 0) {
    const begin = waiting.splice(0, options.inFlight - open.size);
    await Promise.all(begin.map((message) => start(options.loops, message)));
    for (const message of begin) open.add(workflowIdOf(message));
    const gates = options.record
      .openGates()
      .filter((gate) => truth.has(gate.workflowId) && !justSent(sent, gate.digest));
    await Promise.all(gates.map((gate) => decide(options, gate, truth.get(gate.workflowId) ?? '')));
    for (const id of options.record.closedIds()) if (open.delete(id)) done += 1;
    await options.onTick(done, open);
    if (waiting.length === 0 || open.size >= options.inFlight) await pause(TICK_MS);
  }
}

/** Id of the run that works on a message. */
export function workflowIdOf(message: { readonly id: string }): string {
  return `supportTriage-${message.id}`;
}

async function start(loops: LoopClient, { id, text }: LabelledMessage): Promise<void> {
  await loops.start('supportTriage', id, { id, text }, { trigger: { kind: 'manual', source: 'demo' } });
}

async function decide({ loops, right }: StreamOptions, gate: OpenGate, intent: string): Promise<void> {
  try {
    if (gate.output.intent === intent) await loops.approve(gate.workflowId, ANSWER_KEY, gate.digest);
    else await loops.correct(gate.workflowId, ANSWER_KEY, gate.digest, right(intent));
  } catch (error) {
    // The run closed between looking and sending: there is nothing left to decide.
    if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
  }
}

function justSent(sent: Map<string, Sent>, digest: string): boolean {
  const at = performance.now();
  const last = sent.get(digest);
  if (last !== undefined && at - last.at < last.waitMs) return true;
  sent.set(digest, { at, waitMs: last === undefined ? RESEND_MS : 2 * last.waitMs });
  return false;
}
