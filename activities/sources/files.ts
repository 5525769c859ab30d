import { readdir, realpath } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import type { FilesRequest, Part } from '../../loops/define/index.ts';
import { assertBelow, fromFolder, readRegular, reallyBelow } from './paths.ts';
import { SourceProblem } from './problem.ts';

/** Most names that are looked at below a root: a glob over a whole disk is a mistake. */
const MAX_NAMES = 20_000;

/** Folders that hold what machines made. */
const SKIPPED: readonly string[] = ['node_modules'];

/** Reads the text files below a folder whose path fits a glob, sorted by path. Links count where they stay below the root. */
export async function readFiles(request: FilesRequest, folder: string, signal: AbortSignal): Promise<readonly Part[]> {
  const { root, under, pattern, maxFiles, maxBytes } = request;
  const top = await realpath(fromFolder(folder, root)).catch((error: unknown) => {
    throw new SourceProblem('refused', `its root \`${root}\` is not there`, { cause: error });
  });
  if (under !== '') assertBelow(under, '`under`');
  const start = under === '' ? top : await reallyBelow(top, join(top, under), `\`${under}\``);
  const late = AbortSignal.timeout(request.timeoutMs);
  const found = await matching(start, pattern, AbortSignal.any([signal, late])).catch((error: unknown) => {
    if (late.aborted && !signal.aborted)
      throw new SourceProblem(
        'failed',
        `\`${root}\` was not looked through after ${request.timeoutMs} ms (\`timeoutMs\`)`,
      );
    throw error;
  });
  if (found.length > maxFiles)
    throw new SourceProblem(
      'refused',
      `\`${pattern}\` fits ${found.length} files, and at most ${maxFiles} are read (\`maxFiles\`). Narrow the pattern, or raise it`,
    );
  const parts: Part[] = [];
  let left = maxBytes;
  for (const path of found) {
    const title = under === '' ? path : `${under}/${path}`;
    const real = await reallyBelow(top, join(start, path), `\`${title}\``);
    const { text, bytes } = await readRegular(real, `\`${title}\``, left);
    left -= bytes;
    parts.push({ text, title });
  }
  return parts;
}

/** Paths below a folder that fit a glob. Names that begin with a dot fit only where the glob says the dot. */
export async function matching(start: string, pattern: string, signal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  const waiting = [''];
  const saysDots = /(?:^|[/{,])\./.test(pattern);
  let seen = 0;
  for (const under of waiting) {
    signal.throwIfAborted();
    for (const entry of await readdir(join(start, under), { withFileTypes: true })) {
      seen += 1;
      if (seen > MAX_NAMES)
        throw new SourceProblem('refused', `there are more than ${MAX_NAMES} names below its root. Name a smaller one`);
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.includes(entry.name) && (!entry.name.startsWith('.') || saysDots)) waiting.push(path);
      } else if (matchesGlob(path, pattern)) found.push(path);
    }
  }
  return found.toSorted();
}
