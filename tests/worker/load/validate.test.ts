import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Mistake } from '../../../contract/mistake.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { loopText, plantFiles } from '../../support/planted-loops.ts';
import { PLANTED } from './planted/mistakes.ts';
import type { PlantedMistake } from './planted/planting.ts';

interface Answer {
  readonly ok: boolean;
  readonly loops: readonly { readonly name: string; readonly folder: string }[];
  readonly mistakes: readonly Mistake[];
  readonly missing?: string;
}

/** Routes that harnesses may name; none of the keys is there, and none is needed. */
const MODELS = `models:
  default: local
  strong: { model: big, apiKeyEnv: NOBODYS_KEY }
  same: { model: "BIG:latest", apiKeyEnv: NOBODYS_KEY }
  judge: { model: other, apiKeyEnv: NOBODYS_KEY }
`;

const STEPS = loopText('steps').replace('main: {', 'first: {');

/** Loops without a mistake, in folders that a \`package.json\` makes CommonJS, or that import what is next to them. */
const GOOD: Readonly<Record<string, string>> = {
  'good/loop.ts': loopText('good'),
  'good/harness.yaml':
    'routing:\n  - { when: attempt > 1, model: strong }\n  - model: default\nevals:\n  - { id: short, kind: cel, rule: size(output.reply) < 100 }\n',
  'good/cases.jsonl':
    '// the first\n{"id":"a","input":{"id":"1","text":"x"},"expect":{"tone":{"words":[]}},"slice":"pinned","note":"why"}\n\n',
  'steps/loop.ts': STEPS,
  'steps/workflow.ts': `import { loopWorkflow } from 'loopwright/workflow';
import { FIRST } from './names.ts';
export const steps = loopWorkflow('steps', async (run) => await run.stage(FIRST));
`,
  'steps/names.ts': "export const FIRST: string = 'first';\n",
  'plain/loop.ts': loopText('plain'),
  'plain/harness.yaml': '{}\n',
  'untyped/package.json': '{ "type": "commonjs" }',
  'untyped/loop.ts': loopText('untyped'),
  'node_modules/hidden/loop.ts': 'enum NotLookedAt {}\n',
  '.hidden/loop.ts': 'enum NotLookedAt {}\n',
};

async function validate(folder: string, ...words: string[]) {
  const run = new LoopwrightProcess(['validate', ...words], plainEnvironment(), { cwd: folder });
  const { code } = await run.ended;
  return { code, stdout: run.stdout, stderr: run.stderr };
}

async function answer(folder: string, ...words: string[]): Promise<Answer> {
  return JSON.parse((await validate(folder, '--json', ...words)).stdout) as Answer;
}

describe('each planted mistake is named by file, line, field, rule and fix', () => {
  let asked: Promise<Answer> | undefined;
  const files = Object.assign(
    { 'loopwright.yaml': MODELS, ...GOOD },
    ...PLANTED.map((planted) => planted.files),
  ) as typeof GOOD;
  const all = (): Promise<Answer> => (asked ??= plantFiles(files).then((folder) => answer(folder)));

  test.each(PLANTED)('$what', async ({ at, field, rule, fix }: PlantedMistake) => {
    const { mistakes } = await all();
    const [file, line] = at.split(':');
    const here = mistakes.filter((one) => one.file === file);
    expect(here).toContainEqual(
      expect.objectContaining({
        file,
        ...(line === undefined ? {} : { line: Number(line) }),
        ...(field === undefined ? {} : { field }),
        rule: expect.stringContaining(rule) as string,
        fix: expect.stringContaining(fix) as string,
      }),
    );
  });

  test('all of them at once, and the loops without one are good', async () => {
    const { ok, loops, mistakes } = await all();
    expect(ok).toBe(false);
    expect(loops.map(({ folder }) => folder)).toEqual(['good', 'plain', 'steps', 'untyped']);
    const broken = new Set(PLANTED.map(({ at }) => at.split('/')[0]));
    expect(mistakes.map(({ file }) => file.split('/')[0]).filter((folder) => !broken.has(folder))).toEqual([]);
  });
});

test('prints a line for each loop and each mistake, and ends with 1', async () => {
  const folder = await plantFiles({
    'good/loop.ts': loopText('good'),
    'bad/loop.ts': loopText('bad'),
    'bad/harness.yaml': 'limits:\n  attempts: 0\n',
  });
  expect(await validate(folder)).toEqual({
    code: 1,
    stdout:
      'ok good (good)\nbad/harness.yaml:2: `limits.attempts`: expected an integer from 1 to 20, got 0. Fix: Write such a value; the default is `attempts: 3`.\n',
    stderr: '',
  });
  expect(await validate(folder, 'good')).toEqual({ code: 0, stdout: 'ok good (good)\n', stderr: '' });
  expect(await validate(folder, 'good/loop.ts')).toEqual({ code: 0, stdout: 'ok good (good)\n', stderr: '' });
});

test('a module that waits for ever keeps nobody waiting', async () => {
  const folder = await plantFiles({
    'good/loop.ts': loopText('good'),
    'stuck/loop.ts': 'await new Promise(() => {});\n',
  });
  const { loops, mistakes } = await answer(folder);
  expect(loops).toEqual([{ name: 'good', folder: 'good' }]);
  expect(mistakes).toMatchObject([
    { file: 'stuck/loop.ts', rule: 'awaits something that never comes when it is loaded' },
  ]);
});

test('ends with 3 where there is no loop, and says what was looked for', async () => {
  const folder = await plantFiles({ 'notes.md': 'nothing' });
  expect(await validate(folder)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('looked for loop.ts') as string,
  });
  expect(await validate(folder, 'notes.md')).toMatchObject({ code: 3 });
  expect(await validate(folder, 'loops')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('loops is not there') as string,
  });
});

test('names the mistakes of loopwright.yaml, and then asks no loop about its routes', async () => {
  const folder = await plantFiles({
    'hello/loop.ts': loopText('hello'),
    'hello/harness.yaml': 'routing:\n  - model: strong\n',
    'loopwright.yaml':
      'models:\n  strong:\n    modle: big\n    model: big\npricesAsOf: 2026-11-27\nprices:\n  big: { inputUsdPerMillion: -1, outputUsdPerMillion: 2 }\n',
  });
  const { ok, loops, mistakes } = await answer(folder);
  expect({ ok, loops }).toEqual({ ok: false, loops: [{ name: 'hello', folder: 'hello' }] });
  expect(mistakes).toMatchObject([
    { file: 'loopwright.yaml', line: 3, field: 'models.strong.modle', fix: 'Did you mean `model`?' },
    {
      file: 'loopwright.yaml',
      line: 7,
      field: 'prices.big.inputUsdPerMillion',
      rule: 'expected a number of at least 0, got -1',
    },
  ]);
});

test('a folder may be linked to, and have any name', async () => {
  const folder = await plantFiles({
    "a (b) c's/hello/loop.ts": loopText('hello'),
    "a (b) c's/bad/loop.ts": 'enum Bad {}\n',
  });
  await symlink(join(folder, "a (b) c's"), join(folder, 'link'));
  const { loops, mistakes } = await answer(folder, 'link');
  expect(loops).toEqual([{ name: 'hello', folder: "a (b) c's/hello" }]);
  expect(mistakes).toMatchObject([{ file: "a (b) c's/bad/loop.ts", line: 1 }]);
});

test('workflow code that makes no bundle is a mistake of its loop alone', async () => {
  const workflow = (name: string) =>
    `import { loopWorkflow } from 'loopwright/workflow';\nimport { read } from '${name}';\nexport const steps = loopWorkflow('steps', async (run) => {\n  read();\n  return await run.stage('first');\n});\n`;
  const folder = await plantFiles({
    'steps/loop.ts': STEPS,
    'steps/workflow.ts': workflow('reader'),
    'node_modules/reader/package.json': '{ "name": "reader", "main": "index.js" }',
    'node_modules/reader/index.js': "exports.read = () => require('node:fs').readFileSync('/etc/hosts');\n",
    'others/loop.ts': STEPS.replaceAll('steps', 'others'),
    'others/workflow.ts': GOOD['steps/workflow.ts']?.replaceAll('steps', 'others') ?? '',
    'others/names.ts': GOOD['steps/names.ts'] ?? '',
  });
  const { loops, mistakes } = await answer(folder);
  expect(loops).toEqual([{ name: 'others', folder: 'others' }]);
  expect(mistakes).toMatchObject([
    {
      file: 'steps/workflow.ts',
      line: 2,
      rule: 'workflow code is replayed and has no I/O, but a package that it imports needs `node:fs`',
    },
  ]);
}, 60_000);

test('where a folder has several loops, a case says which one it is of', async () => {
  const second = loopText('second').slice(loopText('second').indexOf('export const'));
  const input = '"input":{"id":"1","text":"x"}';
  const folder = await plantFiles({
    'both/loop.ts': `${loopText('first')}${second}`,
    'both/cases.jsonl': `{"id":"a","loop":"second",${input}}\n{"id":"b",${input}}\n`,
  });
  const { loops, mistakes } = await answer(folder);
  expect(loops).toEqual([]);
  expect(mistakes).toMatchObject([
    {
      file: 'both/cases.jsonl',
      line: 2,
      field: 'loop',
      rule: "expected one of the folder's loops (first, second), got nothing",
    },
  ]);
});

test('of several loops in one file each is named whose checks only ever pass', async () => {
  const passing = (name: string) =>
    loopText(name).replace(
      /check\('greets'[^]*?\}\)\)/,
      () => "check('yes', () => ({ verdict: 'pass', evidence: 'yes' }))",
    );
  const second = passing('second').slice(passing('second').indexOf('export const'));
  const text = `${passing('first')}${second}`;
  const { mistakes } = await answer(await plantFiles({ 'both/loop.ts': text }));
  const lines = text.split('\n').flatMap((line, at) => (line.includes('verify:') ? [at + 1] : []));
  expect(lines).toHaveLength(2);
  expect(mistakes).toMatchObject(
    lines.map((line) => ({ line, rule: expect.stringContaining('NoIndependentCheck') as string })),
  );
});

test('beside a mistake of a loop a judge that is the generator is named all the same', async () => {
  const text = loopText('self')
    .replace('import { check, defineLoop', 'import { check, defineLoop, documents, judge')
    .replace('generate: model', "context: [documents('kb')],\n      generate: model")
    .replace('verify: [', "verify: [judge('kind', { polite: 'Is it polite?' }, { model: 'strong' }),");
  const folder = await plantFiles({
    'loopwright.yaml': MODELS,
    'self/loop.ts': text,
    'self/harness.yaml': 'routing:\n  - model: same\n',
  });
  const { mistakes } = await answer(folder);
  expect(mistakes.map(({ field }) => field)).toEqual(['stages.main.context.0', 'stages.main.verify.0']);
});

test('`validate` reads `schedules.yaml` too, against the loops that are here', async () => {
  const mistakes = async (loop: string, input: string) => {
    const schedule = `{ loop: ${loop}, every: 1 day, overlap: skip, catchup: 1 hour,\n    input: ${input} }`;
    const folder = await plantFiles({
      'good/loop.ts': loopText('good'),
      'schedules.yaml': `schedules:\n  daily: ${schedule}\n`,
    });
    return (await answer(folder)).mistakes.map(({ file, line, field }) => `${file}:${line} ${field}`);
  };
  const found = await Promise.all([
    mistakes('good', '{ id: "1", text: x }'),
    mistakes('goof', '{}'),
    mistakes('good', '{ id: "1", text: 5 }'),
  ]);
  expect(found).toEqual([
    [],
    ['schedules.yaml:2 schedules.daily.loop'],
    ['schedules.yaml:3 schedules.daily.input.text'],
  ]);
}, 60_000);

test('a finder is held against the loops that there are, once all of them are looked at', async () => {
  const finder = `import { defineFinder, find } from 'loopwright';

export const inbox = defineFinder({
  name: 'inbox',
  from: find.files('*.txt', { root: '../notes' }),
  starts: 'god',
  input: ({ path, text }) => ({ id: path, text }),
});
`;
  const folder = await plantFiles({ 'good/loop.ts': loopText('good'), 'inbox/loop.ts': finder });
  expect(await answer(folder)).toMatchObject({
    ok: false,
    loops: [{ name: 'good' }],
    mistakes: [
      {
        file: 'inbox/loop.ts',
        line: 3,
        field: 'starts',
        rule: 'there is no loop `god` here',
        fix: 'Did you mean `good`?',
      },
    ],
  });
  expect(await answer(folder, 'inbox')).toMatchObject({ ok: true, loops: [{ name: 'inbox' }] });
});
