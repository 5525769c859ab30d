import { expect, test } from 'vitest';
import { documents, files, git, http, model, type InvalidLoop, sql, type Source } from '../../../loops/define/index.ts';
import { names, titleLoop, type Input } from '../../support/loops.ts';

const why = 'facts';

/** The mistakes of a loop with these sources. */
function mistakesOf(...context: readonly Source<Input>[]) {
  try {
    titleLoop('reads', { stages: { main: { context, generate: model(), verify: [names] } } });
    return [];
  } catch (error) {
    return (error as InvalidLoop).mistakes;
  }
}

test('sources that are written well are no mistake', () => {
  expect(
    mistakesOf(
      files('**/*.md'),
      files('*.md', { root: '../../docs', under: ({ id }) => id, why }),
      http({ url: 'https://example.com/a?b=c', hosts: ['example.com'], why }),
      http({ url: ({ id }) => `http://wiki:8080/${id}`, hosts: ['http://wiki:8080', '[2001:db8::1]:8443'], why }),
      git.log({ repo: '../..', why }),
      git.diff({ repo: '/srv/repo', from: ({ id }) => id, why }),
      sql({
        database: 'shop.db',
        query: "select '?;' as x from a where id = ? -- ; ?\n;",
        parameters: ({ id }) => [id],
        why,
      }),
      sql({ database: 'shop.db', query: '/* all */ with a as (select 1) select * from a', why }),
    ),
  ).toEqual([]);
});

test.each([
  ['documents of another folder', documents('../kb'), "outside of the loop's own", 'read them as data'],
  ['an empty pattern', files(' '), 'expected the pattern', "files('**/*.md')"],
  ['a pattern that leaves', files('../**/*.md'), 'expected the pattern', '`root`'],
  ['a root without a reason', files('*.md', { root: '/srv' }), 'does not say `why`', 'why:'],
  ['a folder that leaves', files('*.md', { under: '../x' }), 'leads out of its root', '`root`'],
  [
    'too many files',
    files('*.md', { maxFiles: 0 }),
    '`maxFiles` of source `files(*.md)` to be an integer from 1 to 1000, got 0',
    'in that range',
  ],
  ['no hosts', http({ url: () => '', hosts: [], why }), '`hosts` of `http()` is empty', "hosts: ['example.com']"],
  [
    'a wildcard',
    http({ url: () => '', hosts: ['*.example.com'], why }),
    'got "*.example.com"',
    'without a path or a wildcard',
  ],
  [
    'a path in a host',
    http({ url: () => '', hosts: ['example.com/docs'], why }),
    'got "example.com/docs"',
    'without a path',
  ],
  [
    'a host of another scheme',
    http({ url: () => '', hosts: ['ftp://example.com'], why }),
    'got "ftp://example.com"',
    'example.com:8443',
  ],
  [
    'a URL that is not listed',
    http({ url: 'http://example.com', hosts: ['example.com'], why }),
    'leads to http://example.com',
    'Add `http://example.com`',
  ],
  [
    'a URL that is none',
    http({ url: '/docs', hosts: ['example.com'], why }),
    'to be a URL, got "/docs"',
    'https://example.com/page',
  ],
  [
    'a password',
    http({ url: 'https://a:b@example.com', hosts: ['example.com'], why }),
    'a user name or a password',
    'Take it out',
  ],
  ['a remote repository', git.log({ repo: 'https://example.com/x.git', why }), 'a folder of this machine', 'Clone it'],
  [
    'a ref that is an option',
    git.diff({ repo: '.', from: '--output=x', why }),
    '`from` of `git.diff()`',
    "from: 'main'",
  ],
  [
    'a server',
    sql({ database: 'postgres://user:secret@db/x', query: 'select 1', why }),
    'got a postgres URL',
    'not there yet',
  ],
  ['a write', sql({ database: 'a.db', query: 'delete from a', why }), 'to be one SELECT', 'parameters'],
  ['two statements', sql({ database: 'a.db', query: 'select 1; select 2', why }), 'to be one SELECT', 'parameters'],
  [
    'a value that nobody gives',
    sql({ database: 'a.db', query: 'select ?', why }),
    'there are no `parameters`',
    'input.id',
  ],
] as const)('%s is a mistake of the loop, at its place', (_, source, rule, fix) => {
  const [mistake] = mistakesOf(files('**/*.md'), source as Source<Input>);
  expect(mistake).toMatchObject({ field: 'stages.main.context.1', rule: expect.stringContaining(rule) });
  expect(mistake?.fix).toContain(fix);
  expect(JSON.stringify(mistake)).not.toContain('secret');
});
