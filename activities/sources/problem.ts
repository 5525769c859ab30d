/**
 * Why a source was not read, as the readers of this folder say it; `fetchContext` adds whose source it was. `refused`:
 * asking again would be refused again. `failed`: what was asked may answer another time.
 */
export class SourceProblem extends Error {
  override readonly name = 'SourceProblem';
  readonly kind: 'refused' | 'failed';
  /** Ask again after so many milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: 'refused' | 'failed', message: string, more: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** The problem that an error is, or that it was caused by; libraries wrap what they are thrown. */
export function problemIn(error: unknown): SourceProblem | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof SourceProblem) return at;
  return undefined;
}
