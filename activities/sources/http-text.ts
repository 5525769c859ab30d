import type { Response } from 'undici';
import { SourceProblem } from './problem.ts';

/** What a document may be: text, JSON, XML. */
const READABLE = /^(?:text\/[\w.+-]+|application\/(?:json|xml|[\w.-]+\+(?:json|xml)))$/;

/** How far into a document it may say what its charset is, in bytes (HTML Standard, prescan). */
const PRESCAN_BYTES = 1024;

/** Reads a body as text, never more than `maxBytes` of it, unpacked. */
export async function readText(
  response: Response,
  where: string,
  maxBytes: number,
): Promise<{ readonly text: string; readonly mediaType: string }> {
  const type = response.headers.get('content-type') ?? '';
  const mediaType = (type.split(';')[0] ?? '').trim().toLowerCase();
  if (!READABLE.test(mediaType)) {
    await response.body?.cancel();
    const what = mediaType === '' ? 'without a content type' : `as \`${mediaType.slice(0, 60)}\``;
    throw new SourceProblem('refused', `${where} answered ${what}, and only text, JSON and XML are read`);
  }
  const bytes = await readBytes(response, where, maxBytes);
  const charset =
    /;\s*charset\s*=\s*"?([\w:.-]+)/i.exec(type)?.[1] ?? (mediaType.endsWith('ml') ? within(bytes) : undefined);
  return { text: decoded(bytes, charset ?? 'utf-8', where), mediaType };
}

async function readBytes({ body }: Response, where: string, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // What is left of the body is given up when the loop is left.
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes)
      throw new SourceProblem(
        'refused',
        `${where} is longer than ${maxBytes} bytes (\`maxBytes\`), and half a document would mislead`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The charset that a document names itself, as HTML and XML do. */
function within(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, PRESCAN_BYTES).toString('latin1');
  return /<meta[^>]{0,200}?charset\s*=\s*["']?([\w:.-]+)|^<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w:.-]+)/i
    .exec(head)
    ?.slice(1)
    .find((name) => name !== undefined);
}

function decoded(bytes: Buffer, charset: string, where: string): string {
  let decoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    throw new SourceProblem('refused', `${where} is in charset "${charset}", which nobody here can read`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SourceProblem('refused', `${where} is not the ${charset} that it should be`);
  }
}
