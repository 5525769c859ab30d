import { CALL_LIMITS } from '../../contract/model-fates.ts';

/** How long to wait before the next try. */
export interface Wait {
  /** Milliseconds, at most {@link CALL_LIMITS}. */
  readonly waitMs: number;
  /** What the provider asked for, where that is more. */
  readonly askedMs?: number;
}

/**
 * The wait that an answer asks for, by `retry-after-ms` or by `retry-after`, in seconds or as a date. A date is taken from
 * the server's own clock, its `date`, so that no skew of clocks matters; what is over is no wait. Undefined where it asks for none.
 */
export function waitOf(headers: Headers | undefined): Wait | undefined {
  const asked = exact(headers?.get('retry-after-ms'), 1) ?? after(headers);
  if (asked === undefined) return undefined;
  const waitMs = Math.max(0, Math.round(asked));
  return waitMs <= CALL_LIMITS.waitMs ? { waitMs } : { waitMs: CALL_LIMITS.waitMs, askedMs: waitMs };
}

function after(headers: Headers | undefined): number | undefined {
  const value = headers?.get('retry-after') ?? undefined;
  const ms = exact(value, 1000);
  if (value === undefined || ms !== undefined) return ms;
  const wait = Date.parse(value) - Date.parse(headers?.get('date') ?? '');
  return Number.isNaN(wait) ? undefined : wait;
}

/** A number as headers spell it: nothing but digits, a sign and a point. */
function exact(value: string | null | undefined, unitMs: number): number | undefined {
  return value !== undefined && value !== null && /^\s*-?\d+(\.\d+)?\s*$/.test(value)
    ? Number(value) * unitMs
    : undefined;
}
