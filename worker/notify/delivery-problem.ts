/** Why a message could not be delivered, in words that name no secret: they are kept, and shown. */
export class DeliveryProblem extends Error {
  override readonly name = 'DeliveryProblem';
  /** Try again after so many milliseconds, where whoever refused it says so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
