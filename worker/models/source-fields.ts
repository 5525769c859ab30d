import { z } from 'zod';
import { privateEntry } from '../../activities/sources/addresses.ts';

const entry = z.string().refine((text) => privateEntry(text) !== undefined, {
  error:
    'Expected a private address, or a network of them, with its port; Write it as `127.0.0.1:8080`, `10.2.0.0/16:443` or `[fd12::/16]:443`. Link-local addresses (metadata of clouds) are never allowed',
});

/** The field of `loopwright.yaml` that is about sources of context. */
export const sourceFields = {
  sources: z
    .strictObject({
      allowPrivate: z
        .array(entry)
        .default([])
        .describe(
          'Private addresses, each with its port, that `http()` sources may reach all the same: `127.0.0.1:8080`, `10.2.0.0/16:443`.',
        ),
    })
    .prefault({})
    .describe('What sources of context may reach.'),
};
