import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Harness } from '../../../contract/harness.ts';
import { canonicalJson } from '../../../core/canonical.ts';
import { digestOf } from '../../../store/index.ts';
import { command } from '../../support/command.ts';
import { openGateway } from '../../support/open-gateway.ts';
import { candidateOf } from '../../store/samples.ts';

const ONE = Harness.parse({ instructions: 'Sort it.' });
const TWO = Harness.parse({ instructions: 'Sort it well.' });

let gateway: Awaited<ReturnType<typeof openGateway>>;
beforeEach(async () => {
  gateway = await openGateway();
  const { store } = gateway;
  await store.harnesses.adopt('triage', ONE, digestOf(canonicalJson(ONE)), 1000);
  const candidate = candidateOf('sha256:c', { state: 'inconclusive', because: '3 fixes, 1 break' });
  await store.candidates.propose(candidate, { body: TWO, digest: digestOf(canonicalJson(TWO)) });
});

const run = (env: NodeJS.ProcessEnv, ...words: string[]) => command(gateway.data, env, 'harness', ...words);
const harness = (...words: string[]) => run({}, ...words);
const WHY = ['--reason', 'ada says so', '--as', 'ada'];

test('what nothing has proven is promoted by who owns the folder only, says so for ever, and is taken back', async () => {
  expect(await harness('promote', 'triage', 'v2', ...WHY)).toMatchObject({
    code: 7,
    stderr:
      'Nothing has proven that v2 is better: it is inconclusive (3 fixes, 1 break). A person may promote it all the same, with --unproven, and it stays marked so.',
  });
  const promoted = await harness('promote', 'triage', 'v2', '--unproven', ...WHY);
  expect(promoted.stdout).toMatch(/^triage runs on v2 from now on, marked as promoted unproven; runs that are open/);
  expect((await harness('list', 'triage')).stdout).toMatch(
    /v2 {7}current {2}candidate {2}instruction {2}unproven .* Say it shorter\./,
  );
  expect((await harness('history', 'triage')).stdout).toMatch(/v1 {4}v2 {2}promotion {2}unproven {2}ada .*ada says so/);
  const [entry] = await gateway.store.audit.newest({ kind: 'harness', limit: 1 });
  expect(JSON.parse(entry?.body ?? '')).toMatchObject({ by: 'ada', reason: 'ada says so', unproven: true });
  const back = JSON.parse((await harness('rollback', 'triage', '--json', ...WHY)).stdout) as object;
  expect(back).toMatchObject({ current: 'v1', move: { kind: 'rollback', from: 'v2', to: 'v1', by: 'ada' } });
  expect(JSON.parse((await harness('list', 'triage', '--json')).stdout)).toMatchObject([
    { version: 'v2', state: 'earlier', candidate: { state: 'rolledBack' }, promotion: { unproven: true } },
    { version: 'v1', state: 'current', source: 'file' },
  ]);
});

test('what is proven needs no such word', async () => {
  await gateway.store.candidates.settle(
    { loop: 'triage', digest: 'sha256:c' },
    { state: 'proven', experiment: 't1', at: 1 },
  );
  expect(JSON.parse((await harness('promote', 'triage', 'v2', '--json', ...WHY)).stdout)).toMatchObject({
    move: { experiment: 't1', unproven: false },
  });
});

test('a loop that somebody moved meanwhile is not moved, and each refusal has its exit code', async () => {
  await gateway.store.harnesses.adopt('triage', Harness.parse({ instructions: 'Other.' }), 'sha256:o', 2000);
  expect(await harness('promote', 'triage', 'v2', '--unproven', ...WHY)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('triage runs on v3, and not on what was expected') as unknown,
  });
  expect(await harness('rollback', 'triage', '--expected', 'v1', ...WHY)).toMatchObject({ code: 5 });
  expect(await harness('rollback', 'triage', '--to', 'v3', ...WHY)).toMatchObject({ code: 5 });
  expect(await harness('promote', 'triage', 'v1', ...WHY)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('loopwright harness rollback triage --to v1') as unknown,
  });
  expect(await harness('rollback', 'triage', '--to', 'v2', ...WHY)).toMatchObject({ code: 2 });
  expect(await harness('rollback', 'triage', '--to', 'v9', ...WHY)).toMatchObject({ code: 3 });
  expect(await harness('list', 'nobody')).toMatchObject({ code: 3 });
  expect((await gateway.store.harnesses.current('triage'))?.version).toBe(3);
});

test('a user who decides may go back, and may not pass the gate', async () => {
  await gateway.store.harnesses.adopt('triage', TWO, 'sha256:o', 2000);
  await gateway.addUser('ada@example.com');
  const may = { LOOPWRIGHT_TOKEN: (await gateway.tokenOf('ada@example.com', ['read', 'decide'])).secret };
  const reads = { LOOPWRIGHT_TOKEN: (await gateway.tokenOf('ada@example.com', ['read'])).secret };
  expect(await run(reads, 'rollback', 'triage', ...WHY)).toMatchObject({ code: 4 });
  expect(await run(may, 'promote', 'triage', 'v2', '--unproven', ...WHY)).toMatchObject({ code: 4 });
  const back = JSON.parse((await run(may, 'rollback', 'triage', '--json', ...WHY)).stdout) as object;
  expect(back).toMatchObject({ current: 'v1', move: { by: 'ada@example.com' } });
});

test('versions are shown, held against each other and written back, but not over what is kept nowhere', async () => {
  expect((await harness('show', 'triage')).stdout).toBe('instructions: Sort it.');
  expect((await harness('diff', 'triage', 'v1', 'v2')).stdout).toBe('instructions\n  Sort [-it.-]{+it well.+}');
  expect((await harness('diff', 'triage', 'v1', 'v1')).stderr).toBe('v1 and v1 say the same.');
  const file = join(gateway.data, 'harness.yaml');
  const write = (...words: string[]) => harness('export', 'triage', '--version', 'v2', '--file', file, ...words);
  await writeFile(file, '# mine\ninstructions: Edited since.\n');
  expect(await write()).toMatchObject({ code: 5, stderr: expect.stringContaining('would be lost') as unknown });
  await writeFile(file, '# mine\ninstructions: Sort it.\n');
  expect(await write()).toMatchObject({ code: 0, stderr: expect.stringContaining('Comments') as unknown });
  expect(await readFile(file, 'utf8')).toBe('instructions: Sort it well.\n');
});
