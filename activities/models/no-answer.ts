/** How a call came to no answer that can be read. */
export type NoAnswerKind =
  /** The connection never was, or broke before an answer began; `reason` says how. */
  | 'unanswered'
  /** The time was over before an answer began. */
  | 'late'
  /** The time was over within an answer. */
  | 'lateInside'
  | 'silent'
  /** The connection broke within an answer. */
  | 'cut'
  | 'tooLarge'
  | 'badEncoding'
  | 'notUtf8'
  | 'notJson'
  | 'badKey';

/**
 * A call that came to no answer that can be read. What was at the bottom of it is no `cause` and not in the message,
 * because the client guesses at timeouts from words there.
 */
export class NoAnswer extends Error {
  readonly kind: NoAnswerKind;
  readonly reason: unknown;

  constructor(kind: NoAnswerKind, reason?: unknown) {
    super('There is no answer to read.');
    this.name = 'NoAnswer';
    this.kind = kind;
    this.reason = reason;
  }

  /** The reason in words: of an error those of what caused it, of a text its beginning. */
  get said(): string | undefined {
    return typeof this.reason === 'string' ? this.reason.slice(0, LOOKED_AT) : deepest(this.reason)?.message;
  }
}

/** As much of an answer is looked at for what to show of it: less is shown. */
const LOOKED_AT = 2000;

/** The {@link NoAnswer} in an error or in what caused it. */
export function noAnswerIn(error: unknown): NoAnswer | undefined {
  if (error instanceof NoAnswer) return error;
  return error instanceof Error ? noAnswerIn(error.cause) : undefined;
}

/** The error at the bottom: those above it say "fetch failed" and "terminated". */
function deepest(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  return deepest(error.cause) ?? error;
}
