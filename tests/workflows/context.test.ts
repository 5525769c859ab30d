import { expect, test } from 'vitest';
import type { Manifest } from '../../contract/context.ts';
import { model, source } from '../../loops/define/index.ts';
import { good, names, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

const wiki = (text: string, keep: 'run' | 'durable' = 'run') =>
  source<{ id: string; topic: string }>({
    name: 'wiki',
    trust: 'untrusted',
    why: 'facts',
    keep,
    fetch: () => Promise.resolve([{ text }]),
  });
const withContext = (name: string, text: string, keep?: 'run' | 'durable') =>
  titleLoop(name, { stages: { main: { context: [wiki(text, keep)], generate: model(), verify: [names] } } });
const roomy = 'limits: { contextTokens: 500000, usd: 10, usdPerDay: 100 }';

test('a history does not grow with the context', async () => {
  const kilobyte = 'owl '.repeat(256);
  const megabyte = 'owl '.repeat(262_144);
  const { start, model: fake } = await rig({
    loops: [
      { loop: withContext('smallLoop', kilobyte), harness: roomy },
      { loop: withContext('largeLoop', megabyte), harness: roomy },
    ],
    script: () => good('owls'),
  });
  const sizes: number[] = [];
  for (const [type, text] of [
    ['smallLoop', kilobyte],
    ['largeLoop', megabyte],
  ] as const) {
    const handle = await start(type, { id: '1', topic: 'owls' });
    expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
    expect(fake.seen.at(-1)?.input).toContain(`<data source="wiki" trust="untrusted">\n${text}\n</data>`);
    sizes.push((await handle.describe()).historySize ?? 0);
  }
  const [small = 0, large = 0] = sizes;
  expect(small).toBeGreaterThan(1000);
  expect(Math.abs(large - small) / small).toBeLessThan(0.05);
});

test('a source of 3 MB is cut to the budget, and the manifest says so', async () => {
  const {
    run,
    model: fake,
    rows,
  } = await rig({
    loops: [
      { loop: withContext('hugeLoop', '🦉 owls '.repeat(300_000)), harness: 'limits: { contextTokens: 1000, usd: 1 }' },
    ],
    script: [good('owls')],
  });
  await run('hugeLoop', { id: '1', topic: 'owls' });
  const [row] = await rows(`select body from artefacts where body like '{"budgetTokens"%'`);
  const manifest = JSON.parse(row?.['body'] as string) as Manifest;
  expect(manifest).toMatchObject({
    budgetTokens: 1000,
    tokens: 1000,
    watermark: 0,
    dropped: [],
    parts: [{ source: 'wiki', trust: 'untrusted', keep: 'run', why: 'facts', tokens: 1000, cutFromTokens: 750_000 }],
  });
  expect(fake.seen[0]?.input).not.toContain('�');
});

test('what is kept for the run is deleted when it closes, and nothing else', async () => {
  const { start, gate, rows } = await rig({
    loops: [
      { loop: withContext('secretLoop', 'a secret'), harness: 'approval: { when: "true" }' },
      { loop: withContext('openLoop', 'no secret', 'durable') },
    ],
    script: () => good('owls'),
  });
  const secrets = () => rows(`select body from artefacts where body in ('a secret', 'no secret') order by body`);
  const handle = await start('secretLoop', { id: '1', topic: 'owls' });
  await gate(handle);
  expect(await secrets()).toEqual([{ body: 'a secret' }]);
  await handle.signal('reject', { by: 'ada', note: 'no' });
  await handle.result();
  expect(await secrets()).toEqual([]);
  await (await start('openLoop', { id: '1', topic: 'owls' })).result();
  expect(await secrets()).toEqual([{ body: 'no secret' }]);
});

test('an answer that echoes a part of the context outlives the part', async () => {
  const echo = '{"confidence":1,"title":"owls"}';
  const { run } = await rig({ loops: [{ loop: withContext('echoLoop', echo) }], script: [{ text: echo }] });
  expect(await run('echoLoop', { id: '1', topic: 'owls' })).toMatchObject({
    outcome: 'accepted',
    output: { title: 'owls' },
  });
});
