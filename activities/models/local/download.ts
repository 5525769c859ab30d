import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** Redirects that a download follows at most: a hub's own, and that of its content network. */
const MAX_REDIRECTS = 5;

/** Downloads a file. Throws an `Error` that says why not: its status, its size, where it would lead. */
export async function download(url: URL, path: string, maxBytes: number, signal: AbortSignal): Promise<void> {
  const response = await follow(url, signal);
  if (!response.ok || response.body === null) throw new Error(`${url.href} answered ${response.status}`);
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new Error(`${url.href} is larger than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body as ReadableStream), counted, createWriteStream(path), { signal });
}

/** The answer behind redirects, of which only those to https or to the same origin are followed. */
async function follow(first: URL, signal: AbortSignal): Promise<Response> {
  let url = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await fetch(url, { redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, url);
    if (next.protocol !== 'https:' && next.origin !== url.origin) {
      throw new Error(
        `${url.href} leads to ${next.href}, which is neither https nor the same host, so it was not followed`,
      );
    }
    url = next;
  }
  throw new Error(`${first.href} leads on more than ${MAX_REDIRECTS} times`);
}
