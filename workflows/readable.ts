import type { Unreadable } from './payload-converter.ts';

/** Deeper values than this are refused: code that follows them would overflow the stack, sooner on one worker than on another. */
const MAX_DEPTH = 100;

/** Why nothing should follow a value that came from outside, or undefined where it is safe to. */
export function whyUnreadable(value: unknown): string | undefined {
  const { unreadablePayload } = (value ?? {}) as Partial<Unreadable>;
  if (typeof unreadablePayload === 'string') return `is no JSON that can be read: ${unreadablePayload}`;
  return isDeep(value) ? `is nested deeper than ${MAX_DEPTH} levels` : undefined;
}

/** Level by level, because a function that calls itself would be what it looks for. */
function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}
