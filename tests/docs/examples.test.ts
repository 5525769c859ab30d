import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { bareServer } from '../../testing/server.ts';
import { parse } from 'yaml';
import { HooksFile } from '../../contract/hooks.ts';
import { NotifyFile } from '../../contract/notify-file.ts';
import { Config } from '../../worker/models/config.ts';
import { examplesOf, type Example } from '../support/doc-examples.ts';
import { DocReader } from '../support/doc-reader.ts';
import { FakeOpenAi, type Scripted, type Seen } from '../support/fake-openai.ts';
import { execute, install, type Installed } from '../support/packed.ts';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const HOW_TO = (await readdir(join(DOCS, 'how-to'))).filter((name) => name.endsWith('.md')).toSorted();

let installed: Installed;
/** What the how-to pages start from is where the tutorial's first step ends. */
let hello: string;
beforeAll(async () => {
  installed = await install();
  const start = await mkdtemp(join(tmpdir(), 'loopwright-start-'));
  await symlink(join(installed.folder, 'node_modules'), join(start, 'node_modules'));
  await execute('npx', ['loopwright', 'init', 'hello'], start);
  hello = join(start, 'hello');
  return () => rm(start, { recursive: true, force: true });
}, 180_000);

/** Pages for readers who have a Temporal server already. */
const ON_A_SERVER = ['how-to/keep-your-own-worker.md'];

/** Pages about the loops that come with the project: a folder with loops of its own runs those. */
const WITHOUT_LOOPS = ['use-the-temporal-cli.md'];

/** Follows every example of a page, in order, in a folder. */
async function follow(page: string, folder: string): Promise<void> {
  const model = new FakeOpenAi(judgeKindly, { models: ['gpt-5-mini'] });
  const server = ON_A_SERVER.includes(page) ? { TEMPORAL_ADDRESS: await startServer() } : {};
  // The tutorial is followed with npm's own npx.
  const quick = page.startsWith('how-to/');
  const reader = new DocReader(folder, { OPENAI_BASE_URL: await model.listen(), ...server }, quick);
  onTestFinished(async () => {
    await reader.stop();
    await model.close();
    expect(model.complaints).toEqual([]);
  });
  for (const example of examplesOf(await readFile(join(DOCS, page), 'utf8'))) await reader.follow(example);
}

async function startServer(): Promise<string> {
  const folder = await folderWith(() => Promise.resolve());
  const server = await bareServer(inject('temporalCli'), folder);
  onTestFinished(() => server.stop());
  return server.address;
}

async function folderWith(prepare: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-docs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await prepare(folder);
  return folder;
}

describe('what a reader is told works as written', () => {
  test('the tutorial, from an empty folder to a judge, a gate and a schedule, in under three minutes', async () => {
    // Installed from its own words already, which took its time; said again they find all of it there.
    const begun = performance.now() - installed.tookMs;
    await follow('tutorial/your-first-loop.md', installed.folder);
    expect(performance.now() - begun).toBeLessThan(180_000);
  }, 300_000);

  test.each(HOW_TO)(
    'how-to/%s',
    async (page) => {
      const folder = await folderWith(async (into) => {
        if (!WITHOUT_LOOPS.includes(page)) await cp(hello, join(into, 'hello'), { recursive: true });
        await cp(join(installed.folder, 'package.json'), join(into, 'package.json'));
        await symlink(join(installed.folder, 'node_modules'), join(into, 'node_modules'));
      });
      await follow(`how-to/${page}`, folder);
    },
    180_000,
  );
});

test.each(['tutorial/your-first-loop.md', ...HOW_TO.map((page) => `how-to/${page}`)])(
  '%s shows nothing but what was followed, and settings that are read',
  async (page) => {
    const shown = examplesOf(await readFile(join(DOCS, page), 'utf8')).filter(({ kind }) => kind === 'shown');
    for (const { line, text, language } of shown as Extract<Example, { kind: 'shown' }>[]) {
      expect(language, `line ${line}`).toBe('yaml');
      const settings: unknown = parse(text);
      const read = [Config, HooksFile, NotifyFile].some((file) => file.safeParse(settings).success);
      expect(read, `line ${line}: no settings of loopwright.yaml, hooks.yaml or notify.yaml`).toBe(true);
    }
  },
);

/** A judge that says yes to everything, with the artefact's own words as its quote; asked for a summary, it gives the first sentence. */
function judgeKindly({ input }: Seen): Scripted {
  const names = [...input.matchAll(/^- ([\w-]+): /gm)].map(([, name]) => name);
  const [, quote = ''] = /"sentence":"([^"]+)"/.exec(input) ?? [];
  if (names.length > 0) return { json: { criteria: names.map((name) => ({ name, pass: true, quote })) } };
  const [, sentence = ''] = /"text":"([^".]+\.)/.exec(input) ?? [];
  return { json: { sentence } };
}
