import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';

/** Reads payloads as a client's own converter and codecs do. */
export type ReadPayload = (payloads: readonly Payload[] | null | undefined) => Promise<unknown>;

/** A reader of the first of some payloads; undefined where there is none, or it cannot be read. */
export function payloadReader(client: Client): ReadPayload {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  return async (payloads) => {
    try {
      let decoded = [...(payloads ?? [])].slice(0, 1);
      for (const codec of payloadCodecs.toReversed()) decoded = await codec.decode(decoded);
      const [payload] = decoded;
      return payload === undefined ? undefined : payloadConverter.fromPayload<unknown>(payload);
    } catch {
      return undefined;
    }
  };
}
