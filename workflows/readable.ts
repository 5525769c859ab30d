import { whyTooMuch, whyUnsafe } from '../core/readable.ts';
import type { Unreadable } from './payload-converter.ts';

/** Why nothing should follow a value that came from outside, or undefined where it is safe to; a `message` may not be as large as an input. */
export function whyUnreadable(value: unknown, message = false): string | undefined {
  const { unreadablePayload } = (value ?? {}) as Partial<Unreadable>;
  if (typeof unreadablePayload === 'string') return `is no JSON that can be read: ${unreadablePayload}`;
  return message ? whyTooMuch(value) : whyUnsafe(value);
}
