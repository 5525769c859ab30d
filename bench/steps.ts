/** What both loops make and accept, so that they carry the same bytes. */

/** The attempt that the verifier passes. */
export const PASSING_ATTEMPT = 3;

/** An artefact of 200 characters, another one each attempt: the same again would be a stall. */
export function draftOf(attempt: number): string {
  return `Draft ${attempt}: `.padEnd(200, 'lorem ipsum ');
}

/** The attempt that made a draft. */
export function attemptOf(draft: string): number {
  return Number(/^Draft (\d+)/.exec(draft)?.[1] ?? 0);
}
