import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { SourceProblem } from './problem.ts';

/** A path that an author gave: from the loop's own folder, or absolute. */
export function fromFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}

/** Whether a path, as an input may have made it, stays below where it begins: plain names with `/` between them, and no more. */
export function staysBelow(path: unknown): path is string {
  if (typeof path !== 'string' || path.length > 1000 || /[\\\0]/.test(path)) return false;
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}

/** @throws SourceProblem where a path leads out of what the author allowed. */
export function assertBelow(path: unknown, what: string): asserts path is string {
  if (staysBelow(path)) return;
  throw new SourceProblem(
    'refused',
    `expected ${what} to be a plain path below its root, without \`..\`, empty names or a leading \`/\`, got ${JSON.stringify(path)?.slice(0, 200) ?? 'nothing'}`,
  );
}

/** Where a path really is, behind every link. @throws SourceProblem where it is not there, or not below `root`. */
export async function reallyBelow(root: string, path: string, what: string): Promise<string> {
  const real = await realpath(path).catch((error: unknown) => {
    throw new SourceProblem('refused', `${what} is not there`, { cause: error });
  });
  if (isBelow(root, real)) return real;
  throw new SourceProblem('refused', `${what} is a link that leads out of its root`);
}

function isBelow(root: string, real: string): boolean {
  const way = relative(root, real);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/** A regular file as UTF-8, at most `maxBytes` of it. Pipes and devices are not waited for. */
export async function readRegular(
  real: string,
  what: string,
  maxBytes: number,
): Promise<{ text: string; bytes: number }> {
  const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new SourceProblem('refused', `${what} is no regular file`);
    const buffer = Buffer.alloc(Math.min(maxBytes + 1, (await handle.stat()).size + 1));
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    if (length > maxBytes)
      throw new SourceProblem(
        'refused',
        `${what} would make it longer than ${maxBytes} bytes (\`maxBytes\`), and half a file would mislead`,
      );
    return { text: utf8(buffer.subarray(0, length), what), bytes: length };
  } finally {
    await handle.close();
  }
}

/** Bytes as UTF-8. @throws SourceProblem where they are none. */
export function utf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SourceProblem('refused', `${what} is no text in UTF-8`);
  }
}
