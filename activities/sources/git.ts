import { realpath } from 'node:fs/promises';
import type { GitRequest, Part } from '../../loops/define/index.ts';
import { cut } from '../../core/pack.ts';
import { assertBelow, fromFolder, utf8 } from './paths.ts';
import { SourceProblem } from './problem.ts';
import { runGit, type GitOptions, type GitOutput } from './run-git.ts';

/** Names of commits, branches and tags, with `~2` and `^` behind them; nothing that git could take for an option, a range or a search. */
const REF = /^[A-Za-z0-9_](?:[\w./+-]*\w)?(?:[~^]\d{0,4}){0,5}$/;

/** No program of the repository's, no colours, no signatures. */
const PLAIN = ['--no-color', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all'];

/** What a command may print that answers with an id, in bytes. */
const SHORT = 10_000;

/** Regular files of a tree; links and submodules are none. */
const REGULAR: readonly string[] = ['100644', '100755'];

/** Reads from a git repository as it lies on this machine. */
export async function readGit(
  request: GitRequest,
  folder: string,
  { signal, path }: Pick<GitOptions, 'signal' | 'path'>,
): Promise<readonly Part[]> {
  const late = AbortSignal.timeout(request.timeoutMs);
  const repo = await realpath(fromFolder(folder, request.repo)).catch((error: unknown) => {
    throw new SourceProblem('refused', `repository \`${request.repo}\` is not there`, { cause: error });
  });
  const how = { repo, path, maxBytes: request.maxBytes, signal: AbortSignal.any([signal, late]) };
  try {
    return [await partOf(request, how)];
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
    throw new SourceProblem('failed', `git was not done after ${request.timeoutMs} ms (\`timeoutMs\`)`);
  }
}

async function partOf(request: GitRequest, how: GitOptions): Promise<Part> {
  switch (request.what) {
    case 'log': {
      const commit = await commitOf(request.ref, how);
      const format = '--format=commit %H%nauthor: %an%ndate: %aI%n%n%w(0,4,4)%B';
      const max = `--max-count=${request.entries}`;
      const args = ['log', ...PLAIN, '--no-show-signature', format, max, commit, '--', ...below(request.paths)];
      return shown(await succeed(args, how), how, commit);
    }
    case 'diff': {
      const [from, to] = [await commitOf(request.from, how), await commitOf(request.to, how)];
      const args = ['diff', ...PLAIN, '--submodule=short', from, to, '--', ...below(request.paths)];
      return shown(await succeed(args, how), how, `${from}..${to}`);
    }
    case 'file':
      return await fileOf(request, how);
  }
}

async function fileOf({ path, ref }: Extract<GitRequest, { what: 'file' }>, how: GitOptions): Promise<Part> {
  assertBelow(path, '`path`');
  const commit = await commitOf(ref, how);
  const { bytes: listed } = await succeed(['ls-tree', '-l', '-z', '--full-tree', commit, '--', path], {
    ...how,
    maxBytes: SHORT,
  });
  const [, mode, blob, size] = /^(\d+) \w+ ([\da-f]+) +(\d+|-)\t/.exec(listed.toString()) ?? [];
  if (mode === undefined || !REGULAR.includes(mode))
    throw new SourceProblem('refused', `commit ${commit.slice(0, 12)} has no regular file \`${path}\``);
  if (Number(size) > how.maxBytes)
    throw new SourceProblem(
      'refused',
      `\`${path}\` is longer than ${how.maxBytes} bytes (\`maxBytes\`), and half a file would mislead`,
    );
  const { bytes } = await succeed(['cat-file', 'blob', blob ?? ''], how);
  return { text: utf8(bytes, `\`${path}\``), title: path, origin: commit };
}

/** The id of a commit: what git is asked with from then on. */
async function commitOf(ref: unknown, how: GitOptions): Promise<string> {
  if (typeof ref !== 'string' || ref.length > 200 || !REF.test(ref) || ref.includes('..'))
    throw new SourceProblem(
      'refused',
      `expected a branch, a tag or a commit, such as \`main\`, \`v1.2\` or \`HEAD~3\`, got ${JSON.stringify(ref)?.slice(0, 200) ?? 'nothing'}`,
    );
  const { code, bytes, complaint } = await runGit(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    { ...how, maxBytes: SHORT },
  );
  const id = /^[\da-f]{40,64}$/.exec(bytes.toString().trim())?.[0];
  if (code === 0 && id !== undefined) return id;
  const why = complaint.trim() === '' ? `it has no commit \`${ref}\`` : firstLine(complaint);
  throw new SourceProblem('refused', `git in \`${how.repo}\`: ${why}`);
}

async function succeed(args: readonly string[], how: GitOptions): Promise<GitOutput> {
  const output = await runGit(args, how);
  if (output.code === 0 || output.cut) return output;
  throw new SourceProblem('failed', `git ${args[0]} in \`${how.repo}\`: ${firstLine(output.complaint)}`);
}

function shown({ bytes, cut: isCut }: GitOutput, { maxBytes }: GitOptions, origin: string): Part {
  // A repository may hold text in any charset; what is no UTF-8 in a log or a diff shows as such.
  const text = bytes.toString('utf8');
  if (!isCut) return { text, origin };
  const incomplete = `the first ${maxBytes} bytes`;
  return { text: `${cut(text, maxBytes)}\n[${incomplete}; there is more]`, origin, incomplete };
}

function below(paths: readonly unknown[]): readonly string[] {
  return paths.map((path) => {
    assertBelow(path, 'each of `paths`');
    return path;
  });
}

function firstLine(complaint: string): string {
  return complaint.trim().split('\n')[0]?.slice(0, 300) ?? '';
}
