import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runKeyOf } from '../../../core/found.ts';
import { defineFinder, find, type InvalidLoop } from '../../../loops/define/index.ts';

const good = { name: 'inbox', from: find.files('*.txt'), starts: 'triage', input: () => ({}) };

/** The fields with mistakes, and all that is said, of a finder whose definition is changed so. */
function mistakesOf(change: object) {
  try {
    defineFinder({ ...good, ...change } as never);
    return undefined;
  } catch (error) {
    const { mistakes } = error as InvalidLoop;
    return mistakes.map(({ field, rule, fix }) => `${field}: ${rule}. ${fix}`).join('\n');
  }
}

const rows = find.sql({ database: 'desk.db', query: 'select id from tickets' });

test('a finder that is written well is a loop of one stage with one effect', () => {
  const loop = defineFinder(good);
  expect(Object.keys(loop.stages)).toEqual(['main']);
  expect(Object.keys(loop.act)).toEqual(['start']);
  expect(loop.finder).toMatchObject({ starts: 'triage', limit: 20 });
  expect(loop.dedupe).toBeUndefined();
});

test.each([
  [{ name: 'my-inbox' }, 'name: expected camelCase'],
  [{ form: 1 }, 'form: unknown field `form`. Did you mean `from`?'],
  [{ from: undefined }, 'from: expected a source of a finder, got nothing'],
  [{ starts: undefined }, 'starts: expected the name of a loop, got nothing'],
  [{ from: rows }, 'key: expected a function of an item that says what makes two the same, got nothing'],
  [{ key: 'id' }, 'key: expected a function of an item'],
  [{ version: 2 }, 'version: expected a function of an item, got 2'],
  [{ input: {} }, 'input: expected a function that makes an item the input of a run, got an empty object'],
  [{ limit: 0 }, 'limit: expected an integer from 1 to 200, got 0'],
  [{ from: find.files('../*.txt') }, 'from: expected the pattern of `files()` to be a glob below its root'],
  [{ from: find.files('*', { maxBytes: -1 }) }, 'from: expected `maxBytes` of source'],
  [{ from: find.sql({ database: 'a.db', query: 'delete from a' }), key: () => 'a' }, 'to be one SELECT'],
  [{ from: find.http({ url: 'https://a.example/x', hosts: [] }), key: () => 'a' }, '`hosts` of `http()` is empty'],
  [{ from: find.githubIssues({ repo: 'shop' }) }, 'to be an owner and a name, got "shop"'],
  [{ from: find.githubIssues({ repo: 'a/b', labels: ['x,y'] }) }, 'to be a list of names without commas'],
  [{ from: find.githubIssues({ repo: 'a/b', baseUrl: 'api' }) }, 'to be the address of an API, got "api"'],
])('%j is a mistake', (change, said) => {
  expect(mistakesOf(change)).toContain(said);
});

test('a token in the place of its name is a mistake, and is not said', () => {
  const said = mistakesOf({ from: find.githubIssues({ repo: 'a/b', token: 'ghp_s3cretS3cret' }) });
  expect(said).toContain('expected `token` to be the name of a variable in capitals');
  expect(said).not.toContain('s3cret');
});

test('the key of an item’s run is one that every command takes, and differs where the item does', () => {
  const digest = fc.stringMatching(/^sha256:[0-9a-f]{64}$/);
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 2000, unit: 'grapheme' }), digest, digest, (key, one, other) => {
      expect(runKeyOf(key, one)).toMatch(/^[\w.:-]{1,200}$/);
      if (one.slice(0, 19) !== other.slice(0, 19)) expect(runKeyOf(key, one)).not.toBe(runKeyOf(key, other));
    }),
  );
  expect(runKeyOf('inbox/note 1.txt', `sha256:${'ab'.repeat(32)}`)).toBe('inbox_note_1.txt-abababababab');
  expect(runKeyOf('猫', `sha256:${'ab'.repeat(32)}`)).toBe('item-abababababab');
});
