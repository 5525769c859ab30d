import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A body that no honest server sends. */
export type OddBody =
  /** Exactly these bytes. */
  | {
      readonly bytes: string | Uint8Array;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** JSON of that many bytes, as fast as they are read. */
  | { readonly large: number; readonly status?: number; readonly sized?: boolean }
  /** One byte, and another every so often, for ever. */
  | { readonly dripsEveryMs: number; readonly status?: number }
  /** Half of an answer; then it hangs up. */
  | { readonly cut: true };

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** Answers so, until it is done or the client hangs up. */
export async function answerOddly(response: ServerResponse, odd: OddBody): Promise<void> {
  const json = { 'content-type': 'application/json' };
  if ('bytes' in odd) {
    response.writeHead(odd.status ?? 200, { ...json, ...odd.headers }).end(odd.bytes);
    return;
  }
  if ('cut' in odd) {
    response.writeHead(200, { ...json, 'content-length': '1000' }).write('{ "id": ');
    await sleep(10);
    response.socket?.destroy();
    return;
  }
  if ('dripsEveryMs' in odd) {
    response.writeHead(odd.status ?? 200, json);
    for (; !response.destroyed; await sleep(odd.dripsEveryMs)) response.write(' ');
    return;
  }
  response.writeHead(odd.status ?? 200, {
    ...json,
    ...(odd.sized === true ? { 'content-length': String(odd.large) } : {}),
  });
  for (let left = odd.large; left > 0 && !response.destroyed; left -= CHUNK.length) {
    const part = CHUNK.subarray(0, left);
    if (!response.write(part)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

function once(response: ServerResponse, event: string): Promise<void> {
  return new Promise((resolve) => response.once(event, resolve));
}
