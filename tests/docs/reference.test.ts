import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { pages } from '../../docs/generate/pages.ts';

const REFERENCE = new URL('../../docs/reference/', import.meta.url);

test.each(Object.entries(pages()))(
  'docs/reference/%s says what the code says (else: npm run docs)',
  async (name, text) => {
    expect(await readFile(new URL(name, REFERENCE), 'utf8')).toBe(text);
  },
);

test('the reference has no page that nothing makes', async () => {
  expect((await readdir(REFERENCE)).toSorted()).toEqual(Object.keys(pages()).toSorted());
});
