import { existsSync } from 'node:fs';
import { readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { tryFolders } from '../../../worker/load/trial.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { loopText, plantFiles } from '../../support/planted-loops.ts';
import { until } from '../../support/rig.ts';

const KEEP = 'Fix: Keep work out of the module itself: do it in a generator, a verifier or an effect.';
const ENDLESS = 'is not loaded after 10 s: it awaits something, or goes round for ever';

/** As good as `while (true) {}`, without taking the processor from other tests. */
const ROUND = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';

/** Modules that would take a worker with them, and what is said of each. */
const BAD: Readonly<Record<string, { readonly text: string; readonly said: string }>> = {
  aborts: { text: 'process.abort();\n', said: `aborts/loop.ts: crashes Node when it is loaded (SIGABRT). ${KEEP}` },
  exits: {
    text: "console.log('bye');\nprocess.exit(0);\n",
    said: 'exits/loop.ts:2: ends the process when it is loaded, as `process.exit(0)` does. Fix: Throw an error instead: the process that loads it runs other loops too.',
  },
  later: {
    text: "setTimeout(() => {\n  throw new Error('boom');\n}, 20);\n",
    said: `later/loop.ts:2: throws where nobody can catch it when it is loaded: boom. ${KEEP}`,
  },
  rejects: {
    text: "\nvoid Promise.reject(new Error('boom'));\n",
    said: `rejects/loop.ts:2: leaves a rejected promise that nobody handles when it is loaded: boom. ${KEEP}`,
  },
  spins: { text: `${ROUND}\n`, said: `spins/loop.ts: ${ENDLESS}. ${KEEP}` },
  stuck: {
    text: 'await new Promise(() => {});\n',
    said: `stuck/loop.ts: awaits something that never comes when it is loaded. ${KEEP}`,
  },
};

const FILES = Object.fromEntries(Object.entries(BAD).map(([folder, { text }]) => [`${folder}/loop.ts`, text]));
const SAID = Object.values(BAD).map(({ said }) => said);

function validate(folder: string): LoopwrightProcess {
  return new LoopwrightProcess(['validate'], plainEnvironment(), { cwd: folder });
}

/** Writes as editors do: another file, moved over the old one. */
async function edit(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

test('validate names each module that would take it along, ends with 1, and passes the loops beside them', async () => {
  const folder = await plantFiles({ ...FILES, 'zgood/loop.ts': loopText('zgood') });
  const run = validate(folder);
  expect(await run.ended).toEqual({ code: 1, signal: null });
  expect(run.stdout.trimEnd().split('\n')).toEqual(['ok zgood (zgood)', ...SAID]);
  expect(run.stderr).toBe('');
}, 90_000);

test('a loop that exits keeps no other from being found wrong, workflow code too', async () => {
  const folder = await plantFiles({
    'steps/loop.ts': loopText('steps').replace('main: {', 'first: {'),
    'steps/workflow.ts': 'process.exit(0);\nexport const steps = async () => undefined;\n',
    'throws/loop.ts': "throw new Error('no');\n",
  });
  const run = validate(folder);
  expect(await run.ended).toEqual({ code: 1, signal: null });
  expect(run.stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^steps\/workflow\.ts:1: ends the process when it is loaded/),
    expect.stringMatching(/^throws\/loop\.ts:1: throws when it is loaded: no\./),
  ]);
});

test('what a bad module imports belongs to what it looks like: mending it is a change', async () => {
  const folder = await plantFiles({ 'spins/loop.ts': "import './spin.ts';\n", 'spins/spin.ts': 'while (true) {}\n' });
  const cwd = await realpath(folder);
  const root = join(cwd, 'spins');
  const loaded = (await tryFolders([root], { cwd, limitMs: 3000 })).get(root);
  expect(loaded?.mistakes).toMatchObject([{ file: 'spins/loop.ts', rule: expect.stringContaining('after 3 s') }]);
  const files = ['cases.jsonl', 'harness.yaml', 'loop.ts', 'spin.ts', 'workflow.ts'];
  expect([...(loaded?.looks.keys() ?? [])].toSorted()).toEqual(files.map((file) => join(root, file)));
});

test('all folders at once may take longer than one of them alone', async () => {
  const slow = 'await new Promise((resolve) => setTimeout(resolve, 3000));\n';
  const folder = await plantFiles({ 'slow/loop.ts': loopText('slow') + slow, 'good/loop.ts': loopText('good') });
  const run = validate(folder);
  expect(await run.ended).toEqual({ code: 0, signal: null });
  expect(run.stdout).toBe('ok good (good)\nok slow (slow)\n');
});

test('good folders are tried in one process, and loaded in ours only then', async () => {
  const notes =
    "import { appendFileSync } from 'node:fs';\nappendFileSync(new URL('../pids', import.meta.url), `${process.pid} `);\n";
  const names = ['one', 'two', 'three'];
  const folder = await plantFiles(Object.fromEntries(names.map((name) => [`${name}/loop.ts`, notes + loopText(name)])));
  const run = validate(folder);
  expect(await run.ended).toEqual({ code: 0, signal: null });
  const pids = (await readFile(join(folder, 'pids'), 'utf8')).trim().split(' ').map(Number);
  const [tried] = pids;
  expect(tried).not.toBe(run.pid);
  expect(pids).toEqual([tried, tried, tried, run.pid, run.pid, run.pid]);
});

test('an endless module does not outlive a killed process that tries it', async () => {
  const text =
    "import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('../pid', import.meta.url), `${process.pid}`);\nwhile (true) {}\n";
  const folder = await plantFiles({ 'spins/loop.ts': text });
  const run = validate(folder);
  await until(
    async () => existsSync(join(folder, 'pid')),
    (is) => is,
  );
  await run.end('SIGKILL');
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  expect(pid).not.toBe(run.pid);
  await until(
    async () => isAlive(pid),
    (is) => !is,
  );
});

test('up starts without such loops, and such an edit leaves what runs as it was', async () => {
  const folder = await plantFiles({ ...FILES, 'greeter/loop.ts': loopText('greeter') });
  const ports = ['--temporal-port', String(await freePort()), '--ui-port', String(await freePort())];
  const words = ['up', '--json', '--loops', folder, '--watch', '--data', join(folder, '.data'), ...ports];
  const up = new LoopwrightProcess(words, plainEnvironment(), { cwd: folder });
  const { temporal } = await up.ready();
  for (const said of SAID) expect(up.stderr).toContain(said);
  const connection = await Connection.connect({ address: temporal });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  const run = async (id: string) =>
    (await client.workflow.execute('greeter', {
      taskQueue: 'loops',
      workflowId: `greeter-${id}`,
      args: [{ id, text: id }],
    })) as unknown;
  const said = async (text: string): Promise<void> => {
    await until(
      async () => up.stderr,
      (stderr) => stderr.includes(text),
      60_000,
    );
  };
  expect(await run('ada')).toMatchObject({ outcome: 'accepted', output: { reply: 'hello ada' } });

  const file = join(folder, 'greeter/loop.ts');
  await edit(file, `process.exit(0);\n${loopText('greeter')}`);
  await said('greeter/loop.ts:1: ends the process when it is loaded');
  await said('greeter: the version before goes on.');
  await edit(file, `void Promise.reject(new Error('boom'));\n${loopText('greeter')}`);
  await said('greeter/loop.ts:1: leaves a rejected promise');
  await edit(file, `${loopText('greeter')}${ROUND}\n`);
  expect(await run('bob')).toMatchObject({ outcome: 'accepted', output: { reply: 'hello bob' } });
  await said(`greeter/loop.ts: ${ENDLESS}`);
  expect(await run('eve')).toMatchObject({ outcome: 'accepted', output: { reply: 'hello eve' } });

  await edit(file, loopText('greeter').replace('hello ${text}', 'hello again, ${text}'));
  await said('greeter: v1, taken');
  expect(await run('joe')).toMatchObject({ outcome: 'accepted', output: { reply: 'hello again, joe' } });
  expect(await up.end('SIGTERM')).toEqual({ code: 0, signal: null });
}, 150_000);

test('a worker that is stopped does not wait for an edit that never loads', async () => {
  const folder = await plantFiles({ 'greeter/loop.ts': loopText('greeter') });
  const ports = ['--temporal-port', String(await freePort()), '--ui-port', String(await freePort())];
  const words = ['up', '--json', '--loops', folder, '--watch', '--data', join(folder, '.data'), ...ports];
  const up = new LoopwrightProcess(words, plainEnvironment(), { cwd: folder });
  await up.ready();
  const mark = "import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('../at', import.meta.url), '');\n";
  await edit(join(folder, 'greeter/loop.ts'), `${mark}while (true) {}\n`);
  await until(
    async () => existsSync(join(folder, 'at')),
    (is) => is,
  );
  expect(await up.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(up.stderr).not.toContain('greeter/loop.ts');
}, 90_000);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
