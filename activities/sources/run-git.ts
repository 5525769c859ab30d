import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { dirname } from 'node:path';
import { SourceProblem } from './problem.ts';

/**
 * Settings that stand above those of the repository, which is data like what is in it: nothing that a repository's own
 * configuration names is run.
 */
const SETTINGS = [
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  'core.pager=cat',
  'core.quotePath=false',
  'diff.external=',
  'log.showSignature=false',
  'log.mailmap=false',
  'protocol.allow=never',
  'submodule.recurse=false',
].flatMap((setting) => ['-c', setting]);

/** How git is run. */
export interface GitOptions {
  /** The top folder of a repository; the folders above it are not searched for one. */
  readonly repo: string;
  /** Where programs are: the machine's PATH. */
  readonly path: string | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** What git printed, and whether it was ended because it printed more than that. */
export interface GitOutput {
  readonly bytes: Buffer;
  readonly cut: boolean;
  readonly code: number | null;
  readonly complaint: string;
}

/**
 * Runs git: no shell, no network, no configuration of the machine or the user, no variable of this process but PATH.
 * It is killed when the signal fires and when it has printed enough.
 */
export async function runGit(
  args: readonly string[],
  { repo, path, maxBytes, signal }: GitOptions,
): Promise<GitOutput> {
  signal.throwIfAborted();
  const child = spawn('git', ['--no-pager', '--no-replace-objects', ...SETTINGS, ...args], {
    cwd: repo,
    env: environment(repo, path),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const end = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  const chunks: Buffer[] = [];
  let length = 0;
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (length <= maxBytes) chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) end();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < 1000) complaint += chunk.toString();
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), cut: length > maxBytes, code, complaint };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const message = `\`${repo}\` is not there, or git is not installed on this machine`;
    throw new SourceProblem('refused', message, { cause: error });
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function environment(repo: string, path: string | undefined): NodeJS.ProcessEnv {
  return {
    ...(path === undefined ? {} : { PATH: path }),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: dirname(repo),
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
  };
}
