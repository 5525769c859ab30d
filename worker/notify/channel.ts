import type { Told } from '../../core/notify/told.ts';

/** Something to send over a channel. Sent again, it is the same in its names, though not in its words: time has passed. */
export interface Message {
  /** Names it; the same for every try. */
  readonly id: string;
  /** Names what it is about: messages of one subject belong together. */
  readonly thread: string;
  /** What it is, in the words of webhooks: `approval.opened`. */
  readonly type: string;
  readonly told: Told;
  /** What programs go by. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A channel that can be sent to. */
export interface OpenChannel {
  readonly name: string;
  readonly kind: string;
  readonly perMinute: number;
  /** Resolves once somebody has taken the message. @throws DeliveryProblem where nobody has. */
  send(message: Message, signal: AbortSignal): Promise<void>;
}
