import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { doctor as diagnose } from '../../../worker/doctor/doctor.ts';
import { loopText, plantFiles } from '../../support/planted-loops.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { until } from '../../support/rig.ts';
import { settings } from './fixtures/settings.ts';

interface Answer {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly kind: string;
    readonly saw: string;
    readonly fix?: string;
  }[];
  readonly next: string;
}

/** `loopwright doctor …` as a user runs it. */
async function doctor(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const ran = new LoopwrightProcess(['doctor', ...words], plainEnvironment(env));
  const { code } = await ran.ended;
  return { code, stdout: ran.stdout, stderr: ran.stderr };
}

function answerOf(stdout: string): Answer & { readonly kinds: Readonly<Record<string, string>> } {
  const answer = JSON.parse(stdout) as Answer;
  return { ...answer, kinds: Object.fromEntries(answer.checks.map(({ name, kind }) => [name, kind])) };
}

/** Does something while nothing listens where Temporal is looked for: servers of other tests come and go there. */
async function withoutTemporal<T>(work: () => Promise<T>): Promise<T> {
  const isFree = async (): Promise<boolean> => (await freePort(7233)) === 7233;
  for (;;) {
    await until(isFree, Boolean);
    const done = await work();
    if (await isFree()) return done;
  }
}

/** A `loopwright.yaml` in a folder of its own, by the variable that names it. */
async function configured(yaml: string): Promise<{ readonly LOOPWRIGHT_CONFIG: string }> {
  const file = join(await temporaryFolder(), 'loopwright.yaml');
  await writeFile(file, yaml);
  return { LOOPWRIGHT_CONFIG: file };
}

test('with nothing running and nothing set up it warns, fails nothing, and ends with 0', async () => {
  const data = join(await temporaryFolder(), 'data');
  const { code, stdout, stderr } = await withoutTemporal(() => doctor(['--json', '--data', data]));
  const { ok, kinds, next } = answerOf(stdout);
  expect({ code, ok, stderr }).toEqual({ code: 0, ok: true, stderr: '' });
  expect(kinds).toMatchObject({ Node: 'ok', SQLite: 'ok', 'data folder': 'warn', store: 'skipped', loops: 'ok' });
  expect(next).toBe(`loopwright up --data ${data}`);
});

test('the text has a line a check in the same order, and a summary last', async () => {
  const data = join(await temporaryFolder(), 'data');
  const [text, json] = await withoutTemporal(() =>
    Promise.all([doctor(['--data', data]), doctor(['--json', '--data', data])]),
  );
  const lines = text.stdout.trimEnd().split('\n');
  const names = answerOf(json.stdout).checks.map(({ name }) => name);
  const width = Math.max(...names.map((name) => name.length));
  const heads = lines.filter((line) => /^(?:ok|warn|fail|skipped) /.test(line));
  expect(heads.map((line) => line.slice(9, 9 + width).trimEnd())).toEqual(names);
  expect(lines.at(-1)).toBe(`${/^[^.]*/.exec(lines.at(-1) ?? '')?.[0]}. Next: loopwright up --data ${data}`);
});

test('a server that is named and not there is a failure and ends with 1', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const { code, stdout } = await doctor(['--json', '--data', await temporaryFolder()], { TEMPORAL_ADDRESS: address });
  expect(code).toBe(1);
  expect(answerOf(stdout)).toMatchObject({ ok: false, kinds: { Temporal: 'fail', clock: 'skipped' } });
});

test('on a real server everything that asks it is answered, and --fix says what it did', async () => {
  const data = join(await temporaryFolder(), 'data');
  // No python3 either: what is not in the cache stays away, whatever the network.
  const env = { TEMPORAL_ADDRESS: inject('temporal'), PATH: await temporaryFolder(), HF_HUB_OFFLINE: '1' };
  const { code, stdout } = await doctor(['--fix', '--json', '--data', data], env);
  expect(code).toBe(0);
  const { kinds, checks } = answerOf(stdout);
  expect(kinds).toMatchObject({
    'data folder': 'ok',
    Temporal: 'ok',
    namespace: 'ok',
    retention: 'ok',
    'search attributes': 'ok',
    clock: 'ok',
  });
  expect(checks.find(({ name }) => name === 'data folder')).toHaveProperty('did', `made ${data}`);
});

test('a loopwright.yaml with mistakes is a failure with their places, shows no key, and hides nothing else', async () => {
  const key = ['sk', 'abcdefghijklmnopqrstu'].join('-');
  const env = await configured(`models:\n  default: { model: tiny, apiKey: ${key}\nprices: [`);
  const { code, stdout } = await doctor(['--data', await temporaryFolder()], env);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^fail +loopwright\.yaml +\S+loopwright\.yaml:3: this is no YAML: /m);
  expect(stdout).toMatch(/^warn +secrets in files +what looks like a key stands at \S+loopwright\.yaml:2$/m);
  expect(stdout).toMatch(/^ok +loops /m);
  expect(stdout).not.toContain(key);
});

test('what loops do by themselves to become better is told', async () => {
  const { stdout } = await doctor(['--data', await temporaryFolder()], await configured('improve: {}\n'));
  expect(stdout).toMatch(
    /^ok +loopwright\.yaml .+\n +loops improve by themselves after 5 failures of a kind, for at most 2 USD a trial; 1 lesson of a loop is tried a day, each for at most 2 USD$/m,
  );
});

test('a key where the name of its variable belongs is refused without being shown', async () => {
  const key = ['sk', 'abcdefghijklmnopqrstu'].join('-');
  const env = await configured(`models:\n  default: { model: tiny, apiKeyEnv: ${key} }\n`);
  const { stdout } = await doctor(['--data', await temporaryFolder()], env);
  expect(stdout).toMatch(/^fail +loopwright\.yaml +\S+loopwright\.yaml:2: `models\.default\.apiKeyEnv`: /m);
  expect(stdout).not.toContain(key);
});

test('with everything silent the checks are over when the time of one is, and the others are told', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const yaml = `models: { default: { model: tiny, baseUrl: "http://${address}/v1", apiKeyEnv: TEST_KEY } }\n`;
  const env = { ...(await configured(yaml)), TEST_KEY: 'a-key-of-the-test', TEMPORAL_ADDRESS: address };
  // From when the modules are loaded, which is the machine's time and not the checks'.
  let began = 0;
  const { ok, checks } = await diagnose({
    ...(await settings({ env, timeoutMs: 3000 })),
    began: () => (began = performance.now()),
  });
  // One after the other the three that ask in vain (server, clock, endpoint) would take nine seconds.
  expect(performance.now() - began).toBeLessThan(8000);
  expect(ok).toBe(false);
  const kinds = Object.fromEntries(checks.map(({ name, finding }) => [name, finding.kind]));
  expect(kinds).toMatchObject({ Temporal: 'fail', 'model of `default`': 'fail', SQLite: 'ok', loops: 'ok' });
  expect(JSON.stringify(checks)).not.toContain('a-key-of-the-test');
});

test('a loop that never lets go does not keep doctor from ending', async () => {
  const loops = await temporaryFolder();
  await writeFile(join(loops, 'loop.ts'), 'setInterval(() => {}, 1000);\nexport const nothing = 1;\n');
  const { code, stdout } = await doctor(['--json', '--data', await temporaryFolder(), '--loops', loops]);
  expect({ code, kind: answerOf(stdout).kinds['loops'] }).toEqual({ code: 1, kind: 'fail' });
});

/** A loop with a judge on route `judge`. */
const JUDGED = loopText('judged')
  .replace('import { check,', 'import { check, judge,')
  .replace('verify: [', "verify: [judge('taste', { short: 'Is it short?' }),");

test('what comes from a server or a file is shown and never obeyed, and makes no line of its own', async () => {
  const hostile = 'evil\u001b[2J\u001b]0;owned\u0007\nok       fake  all is well\u009b1m\u202e';
  const server = createServer((_request, response) => response.end(JSON.stringify({ data: [{ id: hostile }] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const route = JSON.stringify({ model: 'tiny', baseUrl, apiKeyEnv: 'none' });
  const env = await configured(`models: { ${JSON.stringify(hostile)}: ${route} }\n`);
  const { stdout } = await doctor(['--data', await temporaryFolder()], env);
  expect(stdout).toContain('it lists evil');
  expect(stdout).not.toMatch(/^ok +fake/m);
  // oxlint-disable-next-line no-control-regex -- they are what must be gone
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test('loops of a folder are named with every mistake in them, and those with the routes too', async () => {
  const loops = await plantFiles({
    'broken/loop.ts': loopText('broken').replace('verify:', 'verfiy:'),
    'hello/loop.ts': loopText('hello'),
    'judged/loop.ts': JUDGED,
  });
  const env = await configured(
    'models: { default: { model: one, apiKeyEnv: none }, judge: { model: one, apiKeyEnv: none } }\n',
  );
  const { code, stdout } = await doctor(['--json', '--data', await temporaryFolder(), '--loops', loops], env);
  expect(code).toBe(1);
  const { saw } = answerOf(stdout).checks.find(({ name }) => name === 'loops') ?? {};
  expect(saw?.split('\n')).toEqual([
    '1 load: hello; 3 mistakes:',
    expect.stringMatching(/broken\/loop\.ts:\d+: `stages\.main\.verfiy`: unknown field/),
    expect.stringMatching(/broken\/loop\.ts:\d+: `stages\.main\.verify`: the stage has no verifier/),
    expect.stringMatching(/judged\/loop\.ts:\d+: `\S+`: SelfVerification: judge `taste` .* is model:one/),
  ]);
});

test('an unknown option is a usage error', async () => {
  expect((await doctor(['--everything'])).code).toBe(2);
});
