import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { filesIn } from '../../worker/files.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'loopwright-files-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return join(path, 'reports');
}

test('writes a file whole, in a folder made for it, and says where', async () => {
  const reports = await folder();
  const path = await filesIn(reports).write('a.md', 'first');
  expect(path).toBe(join(reports, 'a.md'));
  expect(await readFile(path, 'utf8')).toBe('first');
});

test('the same name and text again touches nothing, another text replaces it', async () => {
  const files = filesIn(await folder());
  const path = await files.write('a.md', 'first');
  const before = await stat(path, { bigint: true });
  await files.write('a.md', 'first');
  expect(await stat(path, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
  await files.write('a.md', 'second');
  expect(await readFile(path, 'utf8')).toBe('second');
});

test('writing at the same time leaves one whole text and no rests', async () => {
  const reports = await folder();
  const files = filesIn(reports);
  const texts = Array.from({ length: 20 }, (_, n) => String(n).repeat(100_000));
  await Promise.all(texts.map((text) => files.write('a.md', text)));
  expect(await readdir(reports)).toEqual(['a.md']);
  expect(texts).toContain(await readFile(join(reports, 'a.md'), 'utf8'));
});

test.each(['../a.md', 'a/b.md', '.hidden', '', 'a\\b', 'a\0', 'x'.repeat(201)])(
  'refuses the name "%s"',
  async (name) => {
    const reports = await folder();
    await expect(filesIn(reports).write(name, 'text')).rejects.toThrow('Expected a file name');
    await expect(readdir(reports)).rejects.toThrow('ENOENT');
  },
);
