import { CALL_LIMITS } from '../../contract/model-fates.ts';
import { errorBody } from './error-body.ts';
import { NoAnswer } from './no-answer.ts';

/** What an answer is held to while it is read. */
export interface AnswerLimits {
  /** Bytes of a body, unpacked; default 8 MiB. */
  readonly answerBytes?: number;
  /** Longest silence in a body that has begun, in milliseconds; default two minutes. */
  readonly silenceMs?: number;
}

/** What is read of the body of an error, and how long it may be silent: its status says enough. */
const ERROR_LIMITS = { answerBytes: 64 * 1024, silenceMs: 5000 } as const;

/** Codes of zlib, of brotli and of zstd for bytes that are not packed as they should be. */
const BAD_ENCODING = /^(Z_|ERR__ERROR|ERR_BROTLI|ERR_ZSTD|ZSTD_)/;

/**
 * A `fetch` that reads the whole answer itself, so that what the client's timeout ends is the call and not only the wait
 * for its headers, and no answer fills the memory. It follows no redirect: key and prompt would go along.
 * @throws NoAnswer
 */
export function boundedFetch(limits: AnswerLimits = {}): typeof fetch {
  return async (url, init) => {
    const signal = init?.signal ?? undefined;
    const answer = await fetch(url, { ...init, redirect: 'manual' }).catch((error: unknown) => {
      throw signal?.aborted === true ? new NoAnswer('late') : new NoAnswer('unanswered', error);
    });
    const { status, statusText, headers } = answer;
    const body = answer.ok
      ? await read(answer, { ...CALL_LIMITS, ...limits }, signal)
      : errorBody(await readError(answer));
    return new Response(body.length === 0 ? null : new Uint8Array(body), { status, statusText, headers });
  };
}

async function read(
  answer: Response,
  limits: Required<AnswerLimits>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const packed = answer.headers.has('content-encoding');
  if (!packed && Number(answer.headers.get('content-length')) > limits.answerBytes) {
    await answer.body?.cancel().catch(() => {});
    throw new NoAnswer('tooLarge');
  }
  const parts: Uint8Array[] = [];
  const end = await eachChunk(answer, limits, (chunk) => parts.push(chunk)).catch((error: unknown) => {
    if (signal?.aborted === true) throw new NoAnswer('lateInside');
    throw new NoAnswer(packed && isBadEncoding(error) ? 'badEncoding' : 'cut', error);
  });
  if (end !== 'whole') throw new NoAnswer(end);
  return Buffer.concat(parts);
}

/** As much of an error's body as there is: whatever happens to it, the status says what happened to the call. */
async function readError(answer: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  await eachChunk(answer, ERROR_LIMITS, (chunk) => parts.push(chunk)).catch(() => {});
  return Buffer.concat(parts).subarray(0, ERROR_LIMITS.answerBytes);
}

/** Hands on a body chunk by chunk, within its limits, and says what ended it. */
async function eachChunk(
  answer: Response,
  { answerBytes, silenceMs }: Required<AnswerLimits>,
  take: (chunk: Uint8Array) => void,
): Promise<'whole' | 'silent' | 'tooLarge'> {
  const reader = (answer.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return 'whole';
  const abandon = (): void => void reader.cancel().catch(() => {});
  let silent = false;
  // A reader that is cancelled says that its body is done.
  const silence = setTimeout(() => {
    silent = true;
    abandon();
  }, silenceMs);
  try {
    for (let bytes = 0; ;) {
      const { done, value } = await reader.read();
      if (silent) return 'silent';
      if (done) return 'whole';
      bytes += value.length;
      take(value);
      if (bytes > answerBytes) return 'tooLarge';
      silence.refresh();
    }
  } finally {
    clearTimeout(silence);
    abandon();
  }
}

function isBadEncoding(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && BAD_ENCODING.test(code)) || isBadEncoding(error.cause);
}
