import { keepDoing } from '../keep-doing.ts';

/** How often files are looked at, in milliseconds: a change is taken when two looks have seen the same of it. */
const EVERY_MS = 250;

/** Looks at files again and again, until it is stopped. */
export function keepLooking(
  at: { look(signal: AbortSignal): Promise<void> },
  report: (text: string) => void,
): { stop(): Promise<void> } {
  return keepDoing((signal) => at.look(signal), {
    everyMs: EVERY_MS,
    trouble: 'Changes cannot be taken just now',
    report,
  });
}
