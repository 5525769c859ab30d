import { InvalidArgumentError } from 'commander';
import ms, { type StringValue } from 'ms';

/** Reads a time, as so long ago or as a date, in milliseconds since 1970. */
export function since(text: string): number {
  const at = /^\d{4}-\d\d/.test(text)
    ? Date.parse(text)
    : /^\d.*[a-z]$/i.test(text)
      ? Date.now() - ms(text as StringValue)
      : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('expected so long ago (24h, 7d) or a date (2026-01-31T09:00Z)');
  return at;
}
