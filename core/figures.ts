import { usd } from './money.ts';

/** A time as people read it, in UTC: `2026-11-26 20:11:41Z`. */
export function moment(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** A time that passed, in its two largest units: `480 ms`, `3.2 s`, `4 min 10 s`, `2 d 3 h`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000) * 1000;
  const index = UNITS.findIndex(([unit]) => seconds >= unit);
  const [large, largeName] = UNITS[index] ?? [1000, 's'];
  const [small, smallName] = UNITS[index + 1] ?? [1000, 's'];
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** An amount as people read it: `$0.0012`, with as many digits as it has. */
export function dollars(microUsd: number): string {
  const digits = usd(microUsd)
    .toFixed(6)
    .replace(/0{1,4}$/, '');
  return `$${digits}`;
}

/** A share as people read it: `93 %`, or with digits after the point `92.5 %`. */
export function percent(share: number, digits = 0): string {
  return `${digits === 0 ? Math.round(share * 100) : (share * 100).toFixed(digits)} %`;
}
