import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** What a payload that is no JSON becomes: a value that no schema accepts, so that it is refused in words. */
export interface Unreadable {
  readonly unreadablePayload: string;
}

/**
 * Temporal's own converter, but a payload that cannot be read becomes a value instead of an error. An error in here
 * would fail the workflow task for ever: one broken signal could wedge a run.
 */
class LenientPayloadConverter implements PayloadConverter {
  readonly #converter = new DefaultPayloadConverter();

  toPayload<T>(value: T): Payload {
    return this.#converter.toPayload(value);
  }

  fromPayload<T>(payload: Payload): T {
    try {
      return this.#converter.fromPayload<T>(payload);
    } catch (error) {
      const unreadable: Unreadable = { unreadablePayload: error instanceof Error ? error.message : String(error) };
      return unreadable as T;
    }
  }
}

/** Loaded by path into the worker and into the workflow sandbox. */
export const payloadConverter = new LenientPayloadConverter();
