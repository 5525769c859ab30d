import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sourceReader } from '../../../activities/sources/index.ts';
import { asking, httpServer } from './http-server.ts';

const refused = (message: string | RegExp) => ({ kind: 'refused', message: expect.stringMatching(message) });
const failed = (message: string | RegExp) => ({ kind: 'failed', message: expect.stringMatching(message) });

describe('a page', () => {
  test('is read as its text, with where it came from but not what was asked for', async () => {
    const { read, asked } = await httpServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<title>Owls</title><script>alert(1)</script><p>They <b>fly</b> at&nbsp;night &amp; sleep.');
    });
    const [part] = await read('/owls?key=secret');
    expect(part?.text).toBe('Owls\n\nThey fly at night & sleep.');
    expect(part?.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/owls\?…$/);
    expect(asked).toEqual(['GET /owls?key=secret']);
  });

  test('in another charset is read in it, and one that nobody knows or that is not kept is refused', async () => {
    const { read } = await httpServer(({ url }, response) => {
      const type = { '/latin': 'text/plain; charset=iso-8859-1', '/martian': 'text/plain; charset=martian' }[url ?? ''];
      response.setHeader('content-type', type ?? (url === '/meta' ? 'text/html' : 'text/plain'));
      response.end(
        Buffer.concat([
          Buffer.from(url === '/meta' ? '<meta charset="latin1">' : ''),
          Buffer.from('caf\u00e9', 'latin1'),
        ]),
      );
    });
    expect(await read('/latin')).toMatchObject([{ text: 'café' }]);
    expect(await read('/meta')).toMatchObject([{ text: 'café' }]);
    await expect(read('/martian')).rejects.toMatchObject(refused('charset "martian"'));
    await expect(read('/unsaid')).rejects.toMatchObject(refused('not the utf-8'));
  });

  test.each([
    [404, 'refused', undefined],
    [403, 'refused', undefined],
    [429, 'failed', 7000],
    [503, 'failed', 7000],
  ] as const)('that answers %i has %s', async (status, kind, retryAfterMs) => {
    const { read } = await httpServer((_, response) => {
      response.writeHead(status, {
        'content-type': 'text/plain',
        ...(kind === 'failed' ? { 'retry-after': '7' } : {}),
      });
      response.end('no');
    });
    await expect(read('/')).rejects.toMatchObject({
      kind,
      retryAfterMs,
      message: expect.stringContaining(`${status}`),
    });
  });

  test.each(['application/octet-stream', 'image/png', ''])('that is no text (`%s`) is refused', async (type) => {
    const { read } = await httpServer((_, response) => {
      if (type !== '') response.setHeader('content-type', type);
      response.end('PNG');
    });
    await expect(read('/')).rejects.toMatchObject(refused('only text, JSON and XML'));
  });
});

test.each([
  '/products/../admin',
  '/products/..',
  '/products/%2e%2E/admin',
  '/products/.%2e/admin',
  '/products/..\\admin',
  '/products/.\t./admin',
  '/./products',
])('a URL that an input has bent (%j) is refused before anything is asked', async (path) => {
  const { url, read, asked } = await httpServer((_, response) => response.end());
  await expect(read(`${url}${path}`)).rejects.toMatchObject(refused('a step out of its path'));
  expect(asked).toEqual([]);
});

describe('bounds', () => {
  test('a zip bomb is given up at the cap, not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 'a'));
    const { read } = await httpServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    const before = process.memoryUsage().rss;
    await expect(read('/')).rejects.toMatchObject(refused('longer than 100000 bytes'));
    expect(process.memoryUsage().rss - before).toBeLessThan(15_000_000);
  });

  test('an endless body is given up at the cap, and its connection closed', async () => {
    const closed = Promise.withResolvers<void>();
    const { read } = await httpServer((_, response) => {
      response.setHeader('content-type', 'text/plain');
      response.on('close', closed.resolve);
      const more = (): void => {
        while (response.write('x'.repeat(10_000)));
        response.once('drain', more);
      };
      more();
    });
    await expect(read('/')).rejects.toMatchObject(refused('longer than 100000 bytes'));
    await closed.promise;
  });

  test('a slow body, a server that never answers and one that is not there have failed in time', async () => {
    const { read } = await httpServer(({ url }, response) => {
      if (url === '/silent') return;
      response.setHeader('content-type', 'text/plain');
      response.write('x');
    });
    await expect(read('/slow', { timeoutMs: 100 })).rejects.toMatchObject(failed('not answered whole after 100 ms'));
    await expect(read('/silent', { timeoutMs: 100 })).rejects.toMatchObject(failed('not answered whole after 100 ms'));
    const gone = await httpServer(() => {});
    await gone.stop();
    await expect(gone.read('/')).rejects.toMatchObject(failed('could not be read: connect ECONNREFUSED'));
  });

  test('cancel ends a read at once', async () => {
    const cancel = new AbortController();
    const { port, url } = await httpServer(() => cancel.abort());
    const reading = sourceReader({ allowPrivate: [`127.0.0.1:${port}`] }, { path: undefined }).read(
      asking(url),
      '/',
      cancel.signal,
    );
    await expect(reading).rejects.toThrow(/abort/i);
  });
});

describe('redirects', () => {
  test('are followed within the list, five at most, and the last URL is told', async () => {
    const { read } = await httpServer(({ url }, response) => {
      const left = Number(url?.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` });
      else response.setHeader('content-type', 'text/plain');
      response.end('there');
    });
    expect(await read('/5')).toMatchObject([{ text: 'there', origin: expect.stringMatching(/\/0$/) }]);
    await expect(read('/6')).rejects.toMatchObject(refused('redirects more than 5 times'));
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost:1/',
    'http://127.0.0.1:1/',
    'http://[::1]/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    '//elsewhere.example/',
    'http://user:secret@HOST/',
    'http://',
  ])('to %s is refused before anything is asked', async (to) => {
    const { read, asked } = await httpServer(({ headers }, response) => {
      response.writeHead(302, { location: to.replace('HOST', headers.host ?? '') });
      response.end();
    });
    await expect(read('/')).rejects.toMatchObject(refused('redirects to'));
    expect(asked).toHaveLength(1);
  });
});

describe('addresses', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xA9FEA9FE/',
    'http://0251.0376.0251.0376/',
    'http://127.1/',
    'http://0/',
    'http://10.0.0.1/',
    'http://100.64.0.1/',
    'http://100.100.100.200/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[64:ff9b:1::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[::]/',
    'http://[::1]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[ff02::1]/',
  ])('%s is refused although it is on the list', async (url) => {
    const reading = sourceReader({ allowPrivate: [] }, { path: undefined }).read(
      asking(url),
      '/',
      AbortSignal.timeout(5000),
    );
    await expect(reading).rejects.toMatchObject(refused('is no public address'));
  });

  test('a name that leads to a private address is refused, whatever else it leads to', async () => {
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const { asked, port, read } = await httpServer((_, response) => response.end(), { resolve, allowed: false });
    const url = `http://docs.example:${port}/`;
    await expect(read(url, { origins: [`http://docs.example:${port}`] })).rejects.toMatchObject(
      refused(/docs\.example \(127\.0\.0\.1\) is no public address.*allowPrivate: \['127\.0\.0\.1:\d+'\]/),
    );
    expect(asked).toEqual([]);
  });

  test('what is connected to is what was looked at: a name is asked for once (DNS rebinding)', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return [{ address: answers.shift() ?? 'none', family: 4 }];
    };
    const server = await httpServer(
      ({ url }, response) => {
        if (url === '/again') response.writeHead(302, { location: '/other', connection: 'close' });
        else response.setHeader('content-type', 'text/plain');
        response.end('hello');
      },
      { resolve },
    );
    const origin = `http://docs.example:${server.port}`;
    expect(await server.read(`${origin}/`, { origins: [origin] })).toMatchObject([{ text: 'hello' }]);
    expect(asked).toEqual(['docs.example']);
    answers.unshift('127.0.0.1');
    await expect(server.read(`${origin}/again`, { origins: [origin] })).rejects.toMatchObject(
      refused('docs.example \\(169.254.169.254\\) is no public address'),
    );
    expect(server.asked).toEqual(['GET /', 'GET /again']);
  });

  test.each([
    'http://docs.example:81/',
    'https://docs.example/',
    'http://docs.example.evil.example/',
    'http://docs.example./',
    'nonsense',
  ])('%s is not http://docs.example, the one on the list', async (url) => {
    const request = { ...asking('http://docs.example/'), url };
    const reading = sourceReader(
      { allowPrivate: [] },
      { path: undefined, resolve: () => Promise.reject(new Error('asked')) },
    ).read(request, '/', AbortSignal.timeout(5000));
    await expect(reading).rejects.toMatchObject({ kind: 'refused' });
  });
});
