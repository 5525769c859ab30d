import type { Read } from '../contract/messages.ts';
import { MESSAGE_BOUNDS, whyUnsafe } from '../core/readable.ts';
import type { Unreadable } from './payload-converter.ts';
import type { RunState } from './state.ts';

/** Why nothing should follow a value that came from outside, or undefined where it is safe to. */
export function whyUnreadable(value: unknown, bounds?: typeof MESSAGE_BOUNDS): string | undefined {
  const { unreadablePayload } = (value ?? {}) as Partial<Unreadable>;
  if (typeof unreadablePayload === 'string') return `is no JSON that can be read: ${unreadablePayload}`;
  return whyUnsafe(value, bounds);
}

/** Reads the argument of a message, whatever a sender may have sent. Runs that were opened before messages had bounds take any size. */
export function read<T>({ plan }: RunState, reader: (value: unknown) => Read<T>, value: unknown): Read<T> {
  const why = whyUnreadable(value, plan?.boundedMessages === true ? MESSAGE_BOUNDS : undefined);
  return why === undefined ? reader(value) : { success: false, why };
}
