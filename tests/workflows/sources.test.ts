import { expect, test } from 'vitest';
import type { Manifest } from '../../contract/context.ts';
import { http, model, source } from '../../loops/define/index.ts';
import { httpServer } from '../activities/sources/http-server.ts';
import { good, names, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

const owls = (id: string) => ({ id, topic: 'owls' });

test('a page is fenced as untrusted, used again within its time, and what may not be read ends the run at once', async () => {
  const { url, port, asked } = await httpServer(({ url: path }, response) => {
    if (path === '/away') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' });
    else response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<p>Owls fly at night.</p>');
  });
  const reading = (name: string, path: string) =>
    titleLoop(name, {
      stages: {
        main: {
          context: [
            source({ name: 'desk', trust: 'untrusted', why: 'news', fetch: async () => [] }),
            http({ url: `${url}${path}`, hosts: [url], why: 'facts', reuseForMs: 60_000 }),
          ],
          generate: model(),
          verify: [names],
        },
      },
    });
  const {
    run,
    rows,
    model: fake,
  } = await rig({
    loops: [{ loop: reading('readsPage', '/owls') }, { loop: reading('isLedAway', '/away') }],
    script: () => good('owls'),
    allowPrivate: [`127.0.0.1:${port}`],
  });
  for (const id of ['1', '2']) {
    expect(await run('readsPage', owls(id))).toMatchObject({ outcome: 'accepted' });
    expect(fake.seen.at(-1)?.input).toContain(
      `<data source="http(${url})" trust="untrusted">\nOwls fly at night.\n</data>`,
    );
  }
  expect(asked).toEqual(['GET /owls']);
  const bodies = await rows(`select body from artefacts where body like '{"budgetTokens"%'`);
  const manifests = bodies.map(({ body }) => JSON.parse(body as string) as Manifest);
  for (const { dropped } of manifests) expect(dropped).toEqual([{ source: 'desk', tokens: 0, why: 'it had nothing' }]);
  const parts = manifests.flatMap((manifest) => manifest.parts);
  expect(parts).toHaveLength(2);
  for (const part of parts) expect(part).toMatchObject({ trust: 'untrusted', keep: 'run', origin: `${url}/owls` });
  expect(parts.filter(({ cachedForMs }) => cachedForMs !== undefined)).toHaveLength(1);

  const refused = await run('isLedAway', owls('3'));
  expect(refused).toMatchObject({ outcome: 'blocked', attempts: 0, costUsd: 0 });
  expect(refused.reason).toContain('SourceRefused: Source `http(');
  expect(refused.reason).toContain('redirects to http://169.254.169.254, which is not in its `hosts`');
  expect(asked).toEqual(['GET /owls', 'GET /away']);
});
