import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../../contract/exit-codes.ts';
import type { RunResult } from '../../../contract/outcomes.ts';
import type { ToldStory } from '../../../core/story/told.ts';
import type { ListedRun } from '../../../core/run-table.ts';
import { LoopwrightProcess } from '../../support/crash-process.ts';
import { ScriptedUp, ticket } from '../../support/scripted-up.ts';
import { until } from '../../support/rig.ts';

let up: ScriptedUp;

beforeAll(async () => {
  up = await ScriptedUp.prepare();
  await up.begin();
}, 120_000);

afterAll(() => up.dispose());

const run = (input: string, ...words: string[]) => up.command('run', 'supportTriage', '--input', input, ...words);

const runs = async (...words: string[]) =>
  JSON.parse((await up.command('runs', '--json', ...words)).stdout) as ListedRun[];

const why = async (...words: string[]) => JSON.parse((await up.command('why', '--json', ...words)).stdout) as ToldStory;

test('a loop that has no judge has none to ask again, which is said before anything is paid', async () => {
  const { code, stderr } = await up.command('judges', 'supportTriage', '--ask', '--most', '5');
  expect([code, stderr]).toEqual([EXIT.usage, expect.stringContaining('Loop supportTriage has no judge')]);
});

test('`run` prints the workflow id and leaves; the same command again finds the same run', async () => {
  const input = ticket('unsure', 'leave');
  const first = await run(input);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^supportTriage-[0-9a-f]{12}\n$/);
  const again = await run(input, '--json');
  expect(JSON.parse(again.stdout)).toEqual({ workflowId: first.stdout.trim(), alreadyRunning: true });
  expect(again.stderr).toContain('is running already; nothing was started');
});

test('the same key with another input is refused, naming both; with the same input it is the same run', async () => {
  const keyed = (name: string) => up.command('run', 'supportTriage', '--key', 'T2', '--input', ticket('unsure', name));
  expect(await keyed('4713')).toMatchObject({ code: 0, stderr: '' });
  const other = await keyed('4714');
  expect(other).toMatchObject({ code: 5, stdout: '' });
  expect(other.stderr).toMatch(
    /^supportTriage-T2 is running already with another input: .*unsure-4713.* Nothing was started for .*unsure-4714/,
  );
  expect(await keyed('4713')).toMatchObject({ code: 0, stdout: 'supportTriage-T2\n' });
});

test.each([
  ['--key', ''],
  ['--key', 'a key'],
  ['--key', 'a/b'],
  ['--key', 'k'.repeat(201)],
  ['--by', ''],
])('`run %s %j` is refused before anything is started', async (...words) => {
  const said = await run(ticket('sure', 'unkeyed'), ...words);
  expect(said).toMatchObject({ code: 2, stdout: '' });
  expect(said.stderr).toMatch(new RegExp(`^error: option '${words[0]} .*expected 1 to 200`));
});

test('`run --wait` prints the result as JSON, and only that', async () => {
  const said = await run(ticket('sure', 'wait'), '--wait', '--by', 'ada@example.com');
  expect(said.code).toBe(0);
  const { workflowId, ...result } = JSON.parse(said.stdout) as RunResult & { readonly workflowId: string };
  expect(workflowId).toMatch(/^supportTriage-[0-9a-f]{12}$/);
  expect(said.stderr).toBe(`${workflowId}: closed accepted: ${result.reason}\n`);
  expect(result).toMatchObject({ outcome: 'accepted', attempts: 1, gates: 0 });
  const [listed] = await runs('--outcome', 'accepted', '--limit', '1');
  expect(listed).toMatchObject({
    loop: 'supportTriage',
    outcome: 'accepted',
    costUsd: result.costUsd,
    trigger: { kind: 'manual', by: 'ada@example.com' },
  });
});

test('`run --watch` says what happens on stderr, with the command that decides a gate; the result is on stdout', async () => {
  const watching = up.start(
    'run',
    'supportTriage',
    '--key',
    'watched',
    '--input',
    ticket('unsure', 'watch'),
    '--watch',
  );
  await until(
    () => Promise.resolve(watching.stderr),
    (text) => text.includes('"decision":"reject"'),
  );
  expect(watching.stdout).toBe('');
  const line = watching.stderr.split('\n').find((text) => text.includes('"decision":"approve"')) ?? '';
  const [, json = ''] = /--input '(.*)'$/.exec(line) ?? [];
  const { client, close } = await up.client();
  await client.workflow.getHandle('supportTriage-watched').executeUpdate('decide', { args: [JSON.parse(json)] });
  await close();
  expect(await watching.ended).toMatchObject({ code: 0 });
  expect(JSON.parse(watching.stdout)).toMatchObject({ outcome: 'accepted', gates: 1, lessons: 1 });
  const said = watching.stderr.split('\n').filter((text) => !text.startsWith('  '));
  expect(said).toMatchObject([
    'supportTriage-watched: started',
    'opened, harness v1',
    expect.stringMatching(/^main\/1: pass: schema pass .*quotes-its-article pass \(the reply quotes card-delivery\.md/),
    'gate main#1 waits for a decision',
    'received approve from you@example.com (unverified)',
    'effect label begins',
    'effect label is done',
    'supportTriage-watched: closed accepted: Verified, approved where needed, and done.',
    '',
  ]);
});

test('`run --dry-run` says what would have happened, does nothing, and leaves the work to be done', async () => {
  const input = ticket('unsure', 'dry');
  const dry = await run(input, '--dry-run');
  expect(dry.code).toBe(0);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    outcome: 'dryRun',
    wouldHave: { effects: ['label'], asked: 'approval rule: output.confidence < 0.9' },
  });
  expect(dry.stderr).toContain('A human would have been asked first: approval rule: output.confidence < 0.9.');
  expect(dry.stderr).toMatch(/It would have done `label` with: \{"confidence":0.5,"intent":"card/);
  expect(dry.stderr).toMatch(/It cost \$0\.\d+\./);
  const real = await run(input, '--wait', '--no-human');
  expect(real.code).toBe(8);
  const during = await run(input, '--dry-run');
  expect(JSON.parse(during.stdout)).toMatchObject({ outcome: 'dryRun' });
});

test('`run --no-human` leaves as soon as a gate is open, with what it waits for', async () => {
  const said = await run(ticket('unsure', 'gate'), '--wait', '--no-human');
  expect(said.code).toBe(8);
  expect(JSON.parse(said.stdout)).toMatchObject({ state: 'awaitingDecision', gate: 'main#1' });
  expect(said.stderr).toContain('"decision":"approve"');
});

test('exit codes say why it did not work', async () => {
  const refused = await run(ticket('unquoted', 'code'), '--wait');
  expect(refused.code).toBe(7);
  expect(JSON.parse(refused.stdout)).toMatchObject({ outcome: 'exhausted' });
  const poor = await run(ticket('sure', 'poor'), '--wait', '--budget-usd', '0.0000001');
  expect(poor.code).toBe(6);
  expect(JSON.parse(poor.stdout)).toMatchObject({ outcome: 'overBudget' });
});

test('a loop that is not there, and an input that does not fit, are one line and a code of their own', async () => {
  const unknown = await up.command('run', 'nosuch', '--input', '{}');
  expect(unknown).toMatchObject({ code: 3, stdout: '' });
  expect(unknown.stderr).toMatch(/^UnknownLoop: There is no loop "nosuch" .*supportTriage, weeklyReport.*\n$/);
  const typo = await up.command('run', 'supporttriage', '--input', '{}');
  expect(typo).toMatchObject({ code: 3, stdout: '' });
  expect(typo.stderr).toMatch(/Did you mean "supportTriage"\? It runs: improve, supportTriage, weeklyReport\.\n$/);
  expect(unknown.stderr + typo.stderr).not.toContain('--type');
  const unfit = await up.command('run', 'supportTriage', '--input', '{"id":7}', '--wait');
  expect(unfit).toMatchObject({ code: 2, stdout: '' });
  expect(unfit.stderr).toMatch(/^InvalidInput: The input of loop supportTriage does not fit: .*→ at id.*\n$/);
  const broken = await up.command('run', 'supportTriage', '--input', '{no');
  expect(broken).toMatchObject({ code: 2, stdout: '' });
  expect(broken.stderr).toContain('The input of --input is no JSON');
  const twice = await up.command('run', 'supportTriage', '--input', '{}', '--input-file', 'x.json');
  expect(twice).toMatchObject({ code: 2, stdout: '' });
});

test('`why` tells a run that waits, with what it was given and the commands that decide it', async () => {
  await up.command(
    'run',
    'supportTriage',
    '--key',
    'waits',
    '--input',
    ticket('unsure', 'waits'),
    '--no-human',
    '--wait',
  );
  const { code, stdout } = await up.command('why', 'supportTriage-waits');
  expect(code).toBe(0);
  const paragraphs = stdout.trimEnd().split('\n\n');
  expect(paragraphs.map((text) => text.split(' ')[0])).toEqual([
    'supportTriage-waits:',
    'Began',
    'Stage',
    'Attempt',
    'Gate',
    'Cost',
    'Waits',
  ]);
  expect(stdout).toContain('documents(kb) (trusted, kept; what the loop may rely on): activate-new-card.md');
  expect(stdout).toContain('by model:fake-1. Verdict: pass.');
  expect(stdout).toMatch(/main#1\/1 generate, fake-1: \$0\.\d+ \(\d+ tokens in, 50 out\)/);
  expect(stdout).toMatch(
    /Waits for a decision at main#1, until .*Z, because approval rule: output\.confidence < 0\.9\.\n {2}temporal workflow update execute --address /,
  );
});

test('`why --json` and `runs --json` say the same times and the same money', async () => {
  await up.command('run', 'supportTriage', '--key', 'same', '--input', ticket('sure', 'same'), '--wait');
  const told = await why('supportTriage-same');
  const [listed] = (await runs('--limit', '1000')).filter(({ workflowId }) => workflowId === 'supportTriage-same');
  expect(listed?.costUsd).toBeGreaterThan(0);
  expect(told.cost?.costUsd).toBe(listed?.costUsd);
  expect(told.began.at).toBe(listed?.openedAt);
  expect(told.ended).toMatchObject({ kind: 'closed', at: listed?.closedAt });
});

test('`why` tells what was refused, and the lesson that is left', async () => {
  await up.command('run', 'supportTriage', '--key', 'refused', '--input', ticket('unquoted', 'refused'), '--wait');
  const story = await why('supportTriage-refused');
  expect(story.events.filter(({ kind }) => kind === 'attempt')).toMatchObject([
    { attempt: 1, verdict: 'fail', author: 'model:fake-1' },
    { attempt: 2, verdict: 'fail' },
  ]);
  expect(story.lessons).toMatchObject([{ kind: 'exhausted', source: 'outcome' }]);
  expect(story.ended).toMatchObject({ kind: 'closed', outcome: 'exhausted' });
});

test('`why` tells runs that failed before they were on record', async () => {
  await up.command('run', 'nosuch', '--key', 'x', '--input', '{}', '--by', 'ada');
  expect(await why('nosuch-x')).toMatchObject({
    loop: 'nosuch',
    began: { input: '{}', trigger: { kind: 'manual', by: 'ada' } },
    ended: { kind: 'failed', type: 'UnknownLoop' },
  });
  await up.command('run', 'supportTriage', '--key', 'unfit', '--input', '{"id":7}');
  expect(await why('supportTriage-unfit')).toMatchObject({ ended: { kind: 'failed', type: 'InvalidInput' } });
});

test('of several runs under one id the newest is told, and the others with --run-id', async () => {
  const again = ['run', 'supportTriage', '--key', 'again', '--input', ticket('sure', 'again'), '--wait'];
  await up.command(...again);
  await up.command(...again);
  const newest = await why('supportTriage-again');
  expect(newest).toMatchObject({ ended: { outcome: 'noWork' }, others: [{ outcome: 'accepted' }] });
  const { runKey = '' } = newest.others[0] ?? {};
  expect(await why('supportTriage-again', '--run-id', runKey)).toMatchObject({
    runKey,
    ended: { outcome: 'accepted' },
  });
  expect(await why(runKey)).toMatchObject({ runKey, ended: { outcome: 'accepted' } });
});

test('`why` takes a key and the name of the work too, and lists the runs where several go by one', async () => {
  const keyed = (key: string, name: string) =>
    up.command('run', 'supportTriage', '--key', key, '--input', ticket('sure', name), '--wait');
  await keyed('K1', 'w1');
  await keyed('K1', 'w2');
  expect(await why('K1')).toMatchObject({ workflowId: 'supportTriage-K1', began: { input: ticket('sure', 'w2') } });
  for (const work of ['sure-w1', 'supportTriage/sure-w1'])
    expect(await why(work)).toMatchObject({ workflowId: 'supportTriage-K1', began: { input: ticket('sure', 'w1') } });
  await keyed('sure-w1', 'w3');
  const several = await up.command('why', 'sure-w1');
  expect(several).toMatchObject({ code: 3, stdout: '' });
  expect(several.stderr).toMatch(/^Several runs go by "sure-w1"[^]*supportTriage-sure-w1 [^]*supportTriage-K1 /);
});

test('`why` of a run that nobody knows is not found', async () => {
  const said = await up.command('why', 'supportTriage-nobody');
  expect(said).toMatchObject({ code: 3, stdout: '' });
  expect(said.stderr).toContain('Nobody knows a run "supportTriage-nobody"');
});

test('`runs` lists for people and for programs, and says when there are more', async () => {
  for (const name of ['one', 'two']) await run(ticket('sure', `list-${name}`), '--wait');
  const all = await runs('--limit', '1000');
  expect(all.length).toBeGreaterThanOrEqual(2);
  expect(all.map(({ openedAt }) => openedAt)).toEqual(
    all
      .map(({ openedAt }) => openedAt)
      .toSorted()
      .toReversed(),
  );
  expect((await runs('--open')).every(({ state }) => state !== 'closed')).toBe(true);
  expect(await runs('--loop', 'nobody')).toEqual([]);
  const people = await up.command('runs', '--limit', '1');
  expect(people.stdout.split('\n')[0]).toMatch(
    /^WORKFLOW ID +LOOP +TRIGGER +OUTCOME +OPENED +TOOK +ATTEMPTS +COST +GATES +REASON$/,
  );
  expect(people.stdout.trimEnd().split('\n')).toHaveLength(2);
  expect(people.stderr).toContain('… and more: these are the newest 1.');
  const typo = await up.command('runs', '--outcome', 'success');
  expect(typo).toMatchObject({ code: 2, stdout: '' });
  expect(typo.stderr).toContain('Allowed choices are accepted, noWork, rejected');
});

test('what started a run is shown by `runs` and `why`, and runs are found by it', async () => {
  const job = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '42', GITHUB_ACTOR: 'bo' };
  const words = ['run', 'supportTriage', '--key', 'job-42', '--input', ticket('sure', 'job'), '--wait'];
  expect(await new LoopwrightProcess(words, { ...up.env, ...job }).ended).toMatchObject({ code: 0 });
  const trigger = { kind: 'ci', source: 'acme/shop#42', by: 'bo' };
  expect(await runs('--trigger', 'ci')).toMatchObject([{ workflowId: 'supportTriage-job-42', trigger }]);
  expect((await runs('--trigger', 'manual')).some(({ workflowId }) => workflowId.endsWith('job-42'))).toBe(false);
  expect((await up.command('runs', '--trigger', 'ci')).stdout).toMatch(/ci acme\/shop#42 +accepted/);
  expect((await up.command('why', 'job-42')).stdout).toContain('by a CI job by bo (unverified) from acme/shop#42');
  expect((await up.command('runs', '--trigger', 'cron')).stderr).toContain('Allowed choices are manual, schedule');
});

test('what came from outside is shown by `why` and `runs`, and never obeyed', async () => {
  const hostile = '\u001b]0;owned\u0007\u001b[2Jhello\u202e';
  const input = JSON.stringify({ id: `sure-${hostile}`, text: `My new card has not arrived ${hostile}` });
  await up.command('run', 'supportTriage', '--key', 'hostile', '--by', hostile, '--input', input, '--wait');
  for (const words of [['why', 'supportTriage-hostile'], ['runs']]) {
    const { stdout } = await up.command(...words);
    expect(stdout).toContain('hostile');
    // oxlint-disable-next-line no-control-regex -- they are what must be gone
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});
