import { randomUUID } from 'node:crypto';
import { EXIT } from '../../contract/exit-codes.ts';
import { CommandError } from '../command.ts';
import { DeliveryProblem } from './delivery-problem.ts';
import { testMessage } from './message.ts';
import { readNotifyFile } from './notify-file.ts';
import { openChannels } from './open-channels.ts';

/** A message that was taken. */
export interface Tried {
  readonly channel: string;
  readonly kind: string;
  /** Its name, as a webhook's `webhook-id` has it. */
  readonly message: string;
}

/** Sends a message that says it is a test, with the secrets of this environment. @throws CommandError with what is missing, or why nobody took it. */
export async function tryChannel(env: NodeJS.ProcessEnv, name: string): Promise<Tried> {
  const read = await readNotifyFile(env);
  const one = read.value?.channels.find((channel) => channel.name === name);
  // Of a channel alone: the secrets of others may be somewhere else.
  const [channel] = openChannels({ ...read, value: one && { channels: [one] } }, { env });
  if (channel === undefined) {
    const known = (read.value?.channels ?? []).map((known) => known.name).join(', ') || 'none';
    throw new CommandError(`${read.file} has no channel \`${name}\`. It has: ${known}.`, EXIT.notFound);
  }
  const message = testMessage(name, randomUUID().replaceAll('-', ''), Date.now());
  try {
    await channel.send(message, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof DeliveryProblem)) throw error;
    throw new CommandError(`Nobody could be told through ${name}: ${error.message}.`);
  }
  return { channel: name, kind: channel.kind, message: message.id };
}
