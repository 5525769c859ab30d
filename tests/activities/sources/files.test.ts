import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { files } from '../../../loops/define/index.ts';
import { asked, folderWith } from './local.ts';

const TREE = {
  'loop/kb/b.md': 'B',
  'loop/kb/deep/a.md': 'A',
  'loop/kb/.hidden/c.md': 'C',
  'loop/kb/node_modules/x/d.md': 'D',
  'loop/kb/e.txt': 'E',
  'docs/customers/acme/x.md': 'of acme',
  'docs/customers/other/y.md': 'of other',
  'docs/customers/*/z.md': 'of a star',
  'secret.md': 'secret',
};
const loopIn = (folder: string): string => join(folder, 'loop');
const refused = (message: string | RegExp) => ({ kind: 'refused', message: expect.stringMatching(message) });

describe('files', () => {
  test('that fit a glob come sorted by path, without hidden ones and what machines made', async () => {
    const folder = folderWith(TREE);
    expect(await asked(files('kb/**/*.md'), {}, loopIn(folder))).toEqual([
      { text: 'B', title: 'kb/b.md' },
      { text: 'A', title: 'kb/deep/a.md' },
    ]);
    expect(await asked(files('kb/*.{md,txt}'), {}, loopIn(folder))).toHaveLength(2);
    expect(await asked(files('kb/.hidden/*.md'), {}, loopIn(folder))).toMatchObject([{ text: 'C' }]);
  });

  test("of the loop's own folder are trusted, of another root they are not", () => {
    expect(files('**/*.md')).toMatchObject({ trust: 'trusted', keep: 'durable', quick: true });
    expect(files('**/*.md', { root: '../docs', why: 'x' })).toMatchObject({ trust: 'untrusted', keep: 'run' });
    expect(files('**/*.md', { root: '/srv/docs', why: 'x' })).toMatchObject({ trust: 'untrusted' });
  });

  test("below an input's folder are those and no others, however the input is written", async () => {
    const folder = folderWith(TREE);
    const mine = files<{ customer: string }>('**/*.md', {
      root: '../docs',
      under: ({ customer }) => `customers/${customer}`,
      why: 'x',
    });
    const of = (customer: string) => asked(mine, { customer }, loopIn(folder));
    expect(await of('acme')).toEqual([{ text: 'of acme', title: 'customers/acme/x.md' }]);
    expect(await of('*')).toEqual([{ text: 'of a star', title: 'customers/*/z.md' }]);
    for (const customer of ['', '.', '..', '../..', '../../..', 'acme/../other', '/etc', 'a\\..\\b', 'a\0b', '//'])
      await expect(of(customer), customer).rejects.toMatchObject(refused('expected `under` to be a plain path'));
    await expect(of('nobody')).rejects.toMatchObject(refused('is not there'));
    const whole = files<string>('**/*.md', { root: '../docs', under: (input) => input, why: 'x' });
    await expect(asked(whole, '', loopIn(folder))).rejects.toMatchObject(refused('expected `under`'));
  });

  test('behind a link count below the root, and are refused out of it', async () => {
    const folder = folderWith(TREE);
    symlinkSync('b.md', join(folder, 'loop/kb/inside.md'));
    expect(await asked(files('kb/inside.md'), {}, loopIn(folder))).toMatchObject([{ text: 'B' }]);
    symlinkSync('../../secret.md', join(folder, 'loop/kb/outside.md'));
    await expect(asked(files('kb/*.md'), {}, loopIn(folder))).rejects.toMatchObject(refused('link that leads out'));
    symlinkSync('../docs', join(folder, 'loop/docs'));
    const under = files<string>('**/*.md', { under: (input) => input });
    await expect(asked(under, 'docs', loopIn(folder))).rejects.toMatchObject(refused('link that leads out'));
  });

  test('too many, too long, no text and no regular file are refused by name', async () => {
    const folder = folderWith({
      ...TREE,
      'loop/long.txt': 'x'.repeat(2000),
      'loop/photo.bin': Buffer.from([0xff, 0xfe]),
    });
    const read = (pattern: string, options = {}) => asked(files(pattern, options), {}, loopIn(folder));
    await expect(read('kb/**/*.md', { maxFiles: 1 })).rejects.toMatchObject(refused('fits 2 files, and at most 1'));
    await expect(read('long.txt', { maxBytes: 1000 })).rejects.toMatchObject(refused('`long.txt` .* 1000 bytes'));
    await expect(read('*.bin')).rejects.toMatchObject(refused('`photo.bin` is no text in UTF-8'));
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(folder, 'loop/pipe.md')]);
    await expect(read('pipe.md')).rejects.toMatchObject(refused('no regular file'));
  });
});
