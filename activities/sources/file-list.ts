import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileListRequest, FileRequest, Part } from '../../loops/define/index.ts';
import { matching } from './files.ts';
import { assertBelow, fromFolder, readRegular, reallyBelow } from './paths.ts';
import { SourceProblem } from './problem.ts';

/** Lists the files below a folder whose path fits a glob: what is no regular file any more is left out. */
export async function readFileList(
  { root, pattern, timeoutMs }: FileListRequest,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Part[]> {
  const top = await topOf(folder, root);
  const late = AbortSignal.timeout(timeoutMs);
  const listed: { path: string; bytes: number; modifiedAt: number }[] = [];
  try {
    for (const path of await matching(top, pattern, AbortSignal.any([signal, late]))) {
      late.throwIfAborted();
      const found = await stat(join(top, path)).catch(() => undefined);
      if (found?.isFile() === true) listed.push({ path, bytes: found.size, modifiedAt: Math.trunc(found.mtimeMs) });
    }
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
    throw new SourceProblem('failed', `\`${root}\` was not looked through after ${timeoutMs} ms (\`timeoutMs\`)`);
  }
  return [{ text: JSON.stringify(listed) }];
}

/** Reads one file below a folder; no part where it is gone. */
export async function readOneFile({ root, path, maxBytes }: FileRequest, folder: string): Promise<readonly Part[]> {
  assertBelow(path, 'its path');
  const top = await topOf(folder, root);
  const there = await stat(join(top, path)).catch(() => undefined);
  if (there === undefined) return [];
  const real = await reallyBelow(top, join(top, path), `\`${path}\``);
  const { text } = await readRegular(real, `\`${path}\``, maxBytes);
  return [{ text, title: path }];
}

async function topOf(folder: string, root: string): Promise<string> {
  return await realpath(fromFolder(folder, root)).catch((error: unknown) => {
    throw new SourceProblem('refused', `its root \`${root}\` is not there`, { cause: error });
  });
}
