import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CannotInit, init } from '../../../worker/init/init.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';

/** The article's first thing to build. */
const HEADINGS = [
  'One narrow workflow',
  'One explicit trigger',
  'One evaluator or gate',
  'One durable record',
  'One stop condition',
];

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-init-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('writes a loop under its own name that has no mistake, in at most 35 lines', async () => {
  const dir = await emptyFolder();
  const { folder, files } = await init('invoiceTriage', dir);
  expect(folder).toBe(join(dir, 'invoiceTriage'));
  expect(await readdir(folder)).toEqual(files);
  const validate = new LoopwrightProcess(['validate', '.'], plainEnvironment(), { cwd: dir });
  expect(await validate.ended).toMatchObject({ code: 0 });
  expect(validate.stdout).toBe('ok invoiceTriage (invoiceTriage)\n');
  const definition = await readFile(join(folder, 'loop.ts'), 'utf8');
  expect(definition.trimEnd().split('\n').length).toBeLessThanOrEqual(35);
  for (const file of files) expect(await readFile(join(folder, file), 'utf8'), file).not.toContain('hello');
});

test('its README has the five headings of the first thing to build, in order', async () => {
  const { folder } = await init('hello', await emptyFolder());
  const text = await readFile(join(folder, 'README.md'), 'utf8');
  expect([...text.matchAll(/^## (One .+)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS);
});

test('says that its files are modules where the package around it does not, and leaves that one alone', async () => {
  const dir = await emptyFolder();
  const theirs = '{ "type": "commonjs" }';
  await writeFile(join(dir, 'package.json'), theirs);
  const { folder } = await init('hello', dir);
  expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).toMatchObject({ type: 'module' });
  expect(await readFile(join(dir, 'package.json'), 'utf8')).toBe(theirs);
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
  expect((await init('other', dir)).files).not.toContain('package.json');
});

test.each([
  ['my-loop', 'Give one such as `myLoop`'],
  ['Hello World', 'Give one such as `helloWorld`'],
  ['9lives', 'Give one such as `lives`'],
  ['../evil', 'Give one such as `evil`'],
  ['', 'Give one such as `invoiceTriage`'],
  ['improve', 'is taken by the workflow that improves loops'],
])('refuses the name "%s" and proposes one', async (name, fix) => {
  const dir = await emptyFolder();
  await expect(init(name, dir)).rejects.toThrow(fix);
  expect(await readdir(dir)).toEqual([]);
});

test('never writes over what is there', async () => {
  const dir = await emptyFolder();
  const { folder } = await init('hello', dir);
  await writeFile(join(folder, 'loop.ts'), 'mine');
  await expect(init('hello', dir)).rejects.toThrow(CannotInit);
  const again = new LoopwrightProcess(['init', 'hello', '--dir', dir], plainEnvironment());
  expect(await again.ended).toMatchObject({ code: 5 });
  expect(again.stderr).toContain('is not empty');
  expect(await readFile(join(folder, 'loop.ts'), 'utf8')).toBe('mine');
});
