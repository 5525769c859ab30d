import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { sourceReader } from '../../../activities/sources/index.ts';
import type { Part, Source, SourceRequest } from '../../../loops/define/index.ts';

/** A folder for one test, with files by path. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = folderOf(files);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that whoever asked for it takes away. */
export function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'loopwright-sources-')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Runs git in a folder, as somebody. */
export function gitIn(folder: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' });
}

/** Asks a source as a worker does, for an input. */
export async function asked<I>(
  source: Source<I>,
  input: I,
  folder: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly Part[]> {
  const reader = sourceReader({ allowPrivate: [] }, { path: process.env['PATH'] });
  const none = () => Promise.reject(new Error('not asked'));
  const read = (request: SourceRequest) => reader.read(request, folder, signal);
  return await source.fetch(input, { read, lessons: none, documents: none, signal });
}
