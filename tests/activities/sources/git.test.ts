import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { git } from '../../../loops/define/index.ts';
import { asked, folderOf, gitIn } from './local.ts';

const refused = (message: string | RegExp) => ({ kind: 'refused', message: expect.stringMatching(message) });
const why = 'what changed';

/** A repository of two commits. */
function repository(): string {
  const folder = folderOf({ 'docs/policy.md': 'Refunds within 14 days.\n', 'a file.txt': 'one\n' });
  gitIn(folder, 'init', '-q');
  gitIn(folder, 'add', '.');
  gitIn(folder, 'commit', '-qm', 'Begin');
  writeFileSync(join(folder, 'docs/policy.md'), 'Refunds within 30 days.\n');
  symlinkSync('/etc/passwd', join(folder, 'link'));
  gitIn(folder, 'add', '.');
  gitIn(folder, 'commit', '-qm', 'Be kinder');
  return folder;
}

let repo: string;
beforeAll(() => {
  repo = repository();
});
afterAll(() => rmSync(repo, { recursive: true, force: true }));
const at = (ref: string): string => gitIn(repo, 'rev-parse', ref).trim();

describe('git', () => {
  test('tells its log, newest first, of all or of some paths', async () => {
    const [part] = await asked(git.log({ repo, why }), {}, '/');
    expect(part?.text).toMatch(/^commit [\da-f]{40}\nauthor: Ada\ndate: .*\n\n {4}Be kinder\n[^]*Begin/);
    expect(part?.origin).toBe(at('HEAD'));
    const [of] = await asked(git.log({ repo, why, paths: ['a file.txt'], entries: 5 }), {}, '/');
    expect(of?.text).not.toContain('Be kinder');
  });

  test('tells what differs, and a file as it was, by the ids of the commits', async () => {
    const [difference] = await asked(git.diff<string>({ repo, from: (input) => input, why }), 'HEAD~1', '/');
    expect(difference?.text).toContain('-Refunds within 14 days.\n+Refunds within 30 days.');
    expect(difference?.origin).toBe(`${at('HEAD~1')}..${at('HEAD')}`);
    expect(await asked(git.file({ repo, path: 'docs/policy.md', ref: 'HEAD~1', why }), {}, '/')).toEqual([
      { text: 'Refunds within 14 days.\n', title: 'docs/policy.md', origin: at('HEAD~1') },
    ]);
  });

  test('cuts what is too long and says so, but not a file', async () => {
    const [part] = await asked(git.log({ repo, why, maxBytes: 100 }), {}, '/');
    expect(part).toMatchObject({ incomplete: 'the first 100 bytes' });
    expect(part?.text).toMatch(/\[the first 100 bytes; there is more\]$/);
    const file = git.file({ repo, path: 'docs/policy.md', why, maxBytes: 5 });
    await expect(asked(file, {}, '/')).rejects.toMatchObject(refused('longer than 5 bytes'));
  });

  test.each([
    '--output=/tmp/x',
    '-p',
    'main..HEAD',
    ':/Begin',
    'HEAD:docs',
    '@{-1}',
    'a b',
    '',
    '--all',
    "main'; touch x",
    'HEAD\n',
    'x'.repeat(300),
  ])('takes no ref %j', async (ref) => {
    const source = git.log<string>({ repo, ref: (input) => input, why });
    await expect(asked(source, ref, '/')).rejects.toMatchObject(refused('expected a branch, a tag or a commit'));
  });

  test.each(['../../etc/passwd', '/etc/passwd', '', 'docs/../link', '-x/..'])('takes no path %j', async (path) => {
    const source = git.file<string>({ repo, path: (input) => input, why });
    await expect(asked(source, path, '/')).rejects.toMatchObject(refused('expected `path` to be a plain path'));
  });

  test('has no file behind a link, in a folder, or that is not there', async () => {
    for (const path of ['link', 'docs', 'none.md', '--help', '*'])
      await expect(asked(git.file({ repo, path, why }), {}, '/'), path).rejects.toMatchObject(
        refused('has no regular file'),
      );
    await expect(asked(git.log({ repo, ref: 'none', why }), {}, '/')).rejects.toMatchObject(
      refused('no commit `none`'),
    );
  });

  test('runs nothing that the repository names, and looks for no repository above', async () => {
    const proof = join(repo, 'ran');
    const script = join(repo, 'run.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${proof}\n`);
    chmodSync(script, 0o755);
    writeFileSync(join(repo, '.gitattributes'), '*.md diff=evil filter=evil\n');
    for (const key of [
      'core.fsmonitor',
      'diff.external',
      'diff.evil.command',
      'diff.evil.textconv',
      'filter.evil.smudge',
      'core.pager',
      'core.sshCommand',
      'gpg.program',
      'core.alternateRefsCommand',
    ])
      gitIn(repo, 'config', key, script);
    gitIn(repo, 'config', 'log.showSignature', 'true');
    const show = { repo, why };
    await asked(git.log(show), {}, '/');
    await asked(git.diff({ ...show, from: 'HEAD~1' }), {}, '/');
    await asked(git.file({ ...show, path: 'docs/policy.md' }), {}, '/');
    expect(existsSync(proof)).toBe(false);
    await expect(asked(git.log({ repo: 'docs', why }), {}, repo)).rejects.toMatchObject(
      refused('not a git repository'),
    );
    await expect(asked(git.log({ repo: 'nowhere', why }), {}, repo)).rejects.toMatchObject(refused('is not there'));
  });

  test('ends when the run is cancelled', async () => {
    await expect(asked(git.log({ repo, why }), {}, '/', AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});
