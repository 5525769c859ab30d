import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { ERASED } from '../../contract/erasure.ts';
import { mentions } from '../../core/mentions.ts';
import { DATABASE_FILE, openStore } from '../../store/index.ts';
import type { Judgement, Store } from '../../store/ports.ts';
import { candidateOf, caseOf, contentsOf, experiment, lessonOf, moving, runOf } from './samples.ts';

const EVE = 'eve@example.com';
const named = mentions(EVE, false);
const order = { id: 'o1', subject: EVE, named, runs: [], by: 'officer', files: 0, at: 9000 };

async function opened(): Promise<{ store: Store; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-erasures-'));
  const store = await openStore(folder, process.pid);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { store, folder };
}

const judged: Judgement = {
  verdict: { verdict: 'pass', criteria: [{ name: 'tone', verdict: 'pass', evidence: 'it says "my card"' }] },
  approval: { ask: true, audit: false, because: 'my card is named' },
};

/** A closed run whose input names somebody, or nobody, with everything that a run leaves. */
async function fullRun(store: Store, runKey: string, input: string, change: { readonly open?: true } = {}) {
  const durable = { runKey, keep: 'durable' } as const;
  const run = runOf(runKey, { input: await store.artefacts.put(input, durable) });
  await store.runs.open(run);
  const { artefact } = await store.attempts.add(
    { runKey, stage: 'main#1', attempt: 1, author: 'model:x', at: 1100 },
    `{"reply":"my card of ${runKey}"}`,
  );
  await store.attempts.judge({ runKey, stage: 'main#1', artefact, author: 'verifiers', at: 1150 }, judged);
  const gate = { runKey, gate: 'g#1', digest: `sha256:gate-${runKey}` };
  await store.gates.open({
    ...gate,
    stage: 'main#1',
    artefact,
    audit: false,
    because: 'my card is named',
    openedAt: 1200,
  });
  const decision = { decision: 'approve', by: 'bo', identity: 'unverified', note: 'my card it is' } as const;
  const lesson = { ...lessonOf(runKey, `${runKey}/l`), input: JSON.parse(input) as unknown };
  await store.gates.decide({ ...gate, decision, lessons: [lesson], at: 1300 });
  const key = `${run.workKey}/label`;
  await store.effects.begin({ key, runKey, name: 'label', artefact, at: 1400 });
  await store.effects.put('labels', key, { reply: `my card of ${runKey}` });
  await store.effects.finish(key, { sent: 'my card' }, 1450);
  if (change.open === true) return run;
  await store.runs.close({ runKey, outcome: 'accepted', reason: 'my card', closedAt: 1500, artefact, lessons: [] });
  return run;
}

async function bytesOf(folder: string): Promise<string> {
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n');
}

test('all content of a run whose input names the subject is gone, and what others have stays', async () => {
  const { store } = await opened();
  const run = await fullRun(store, 'r1', `{"id":"1","from":"${EVE}","text":"my card"}`);
  await fullRun(store, 'r2', '{"id":"2","from":"bo@example.com","text":"my card"}');
  const before = await store.records.find({ run: 'triage-r2' });
  const plan = await store.erasures.plan(order);
  expect(plan).toMatchObject({ runs: [{ runKey: 'r1' }], open: [], harnesses: [] });
  expect(await store.erasures.erase(order)).toMatchObject({ kind: 'erased', plan, erasure: { counts: plan.counts } });
  expect(plan.counts).toEqual({
    runs: 1,
    artefacts: 2,
    judgements: 1,
    gates: 1,
    decisions: 1,
    lessons: 1,
    effects: 1,
    outbox: 1,
  });
  const record = await store.records.find({ run: 'triage-r1' });
  expect(JSON.stringify(record)).not.toContain('my card');
  expect(record).toMatchObject({
    run: { outcome: 'accepted', reason: ERASED, erasedAt: 9000, workKey: run.workKey },
    decisions: [{ decision: 'approve', by: 'bo', note: ERASED }],
    judgements: [{ verdict: { verdict: 'pass' } }],
    lessons: [{ text: ERASED }],
  });
  expect(record?.input).toBeUndefined();
  expect(await store.artefacts.get(run.input)).toBeUndefined();
  expect(await store.records.find({ run: 'triage-r2' })).toEqual(before);
  expect(await store.facts.query(`select body from outbox where key like 'triage/r1%'`)).toEqual([
    { body: JSON.stringify(ERASED) },
  ]);
});

test('a lesson that was erased is no lesson any more, and its id is never given again', async () => {
  const { store } = await opened();
  await fullRun(store, 'r1', `{"from":"${EVE}"}`);
  expect([await store.lessons.watermark(), await store.lessons.erasures()]).toEqual([1, 0]);
  await store.erasures.erase(order);
  expect(await store.lessons.list({ loop: 'triage', after: 0, upTo: 9 })).toEqual([]);
  expect([await store.lessons.watermark(), await store.lessons.erasures()]).toEqual([1, 1]);
  await fullRun(store, 'r2', '{"from":"bo"}');
  expect((await store.lessons.list({ loop: 'triage', after: 0, upTo: 9 })).map(({ id }) => id)).toEqual([2]);
});

test('a text that showed the lesson to a run of somebody else goes too, and from under one that is open it is blanked', async () => {
  const { store } = await opened();
  await fullRun(store, 'r1', `{"from":"${EVE}"}`);
  const shown = await fullRun(store, 'r2', '{"from":"bo"}', { open: true });
  const part = await store.artefacts.put('an example: my card', { runKey: 'r2', keep: 'durable' });
  const parts = [{ source: 'lessons', digest: part, lessons: [1] }];
  await store.contexts.add({ runKey: shown.runKey, stage: 'main', at: 1 }, JSON.stringify({ parts, dropped: [] }));
  expect(await store.erasures.erase(order)).toMatchObject({ kind: 'erased' });
  expect(await store.artefacts.get(part)).toBe(ERASED);
  await store.runs.close({ runKey: 'r2', outcome: 'accepted', reason: '', closedAt: 2, lessons: [] });
  await store.erasures.erase({ ...order, id: 'o2' });
  expect(await store.artefacts.get(part)).toBeUndefined();
});

test('under a run that is open nothing is erased', async () => {
  const { store } = await opened();
  await fullRun(store, 'r1', `{"from":"${EVE}"}`, { open: true });
  const before = await contentsOf(store);
  expect(await store.erasures.erase(order)).toMatchObject({ kind: 'refused', plan: { open: [{ runKey: 'r1' }] } });
  expect(await contentsOf(store)).toEqual(before);
});

test('names that hold the subject become digests, and what was done once stays done', async () => {
  const { store } = await opened();
  const work = { workKey: `triage/${EVE}`, workflowId: `triage-${EVE}` };
  await store.runs.open(runOf('r1', work));
  const effect = { key: `${work.workKey}/label`, runKey: 'r1', name: 'label', artefact: 'sha256:a', at: 1 };
  await store.effects.begin(effect);
  await store.effects.finish(effect.key, { sent: EVE }, 2);
  await store.effects.put('labels', effect.key, { to: EVE });
  await store.runs.close({ runKey: 'r1', outcome: 'accepted', reason: '', closedAt: 2, lessons: [] });
  await store.erasures.erase(order);
  expect(JSON.stringify(await contentsOf(store))).not.toContain('eve');
  expect(await store.runs.open(runOf('r2', work))).toMatchObject({ kind: 'alreadyDone', holder: { runKey: 'r1' } });
  expect(await store.effects.begin(effect)).toMatchObject({ kind: 'done', artefact: 'sha256:a', result: ERASED });
  await store.effects.put('labels', effect.key, { to: 'again' });
  expect(await store.facts.query('select body from outbox')).toEqual([{ body: JSON.stringify(ERASED) }]);
  expect(await store.records.find({ run: work.workflowId })).toMatchObject({ run: { runKey: 'r1', erasedAt: 9000 } });
});

test('an erasure whose commit was undone with another write of the same moment has its key on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-erasures-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const work = { workKey: `triage/${EVE}` };
  const store = await openStore(folder, process.pid);
  await store.runs.open(runOf('r1', work));
  await store.runs.close({ runKey: 'r1', outcome: 'accepted', reason: '', closedAt: 2, lessons: [] });
  const failing = store.artefacts.put('x', { runKey: 'r1', keep: 'for ever' as 'run' });
  const [erased] = await Promise.allSettled([store.erasures.erase(order), failing]);
  expect(erased.status).toBe('fulfilled');
  await store.close();
  const again = await openStore(folder, process.pid);
  onTestFinished(() => again.close());
  expect(await again.runs.open(runOf('r2', work))).toMatchObject({ kind: 'alreadyDone' });
});

test('what others wrote about the subject goes where it names it, and nothing else of theirs', async () => {
  const { store } = await opened();
  await store.harnesses.adopt('triage', { instructions: `Ask ${EVE}.` }, 'sha256:h', 1);
  await fullRun(store, 'r2', '{"from":"bo"}');
  const by = { ...lessonOf('r2', 'by'), by: EVE };
  const decision = { decision: 'reject', by: EVE, identity: 'unverified', note: `as ${EVE} said` } as const;
  await store.gates.decide({ runKey: 'r2', gate: 'g#1', digest: 'sha256:x', decision, lessons: [by], at: 1 });
  const answer = await store.erasures.erase(order);
  expect(answer).toMatchObject({ plan: { runs: [], counts: { decisions: 1, lessons: 1 }, harnesses: ['triage v1'] } });
  const { decisions, run } = (await store.records.find({ run: 'triage-r2' })) ?? {};
  expect(decisions?.[0]).toMatchObject({ decision: 'reject', by: ERASED, note: ERASED });
  expect(decisions?.[1]).toMatchObject({ decision: 'approve', note: 'my card it is' });
  expect(run?.erasedAt).toBeUndefined();
  const lessons = await store.lessons.list({ loop: 'triage', after: 0, upTo: 9 });
  expect(lessons.map((lesson) => [lesson.by, lesson.input])).toEqual([
    ['ada@example.com (unverified)', { from: 'bo' }],
    [ERASED, { id: 'by' }],
  ]);
});

test('an example of the subject leaves every version, what runs is a new one without it, and the way back leads past it', async () => {
  const { store } = await opened();
  await fullRun(store, 'r1', `{"from":"${EVE}"}`);
  await store.cases.grow({ loop: 'triage', upTo: 1, cases: [caseOf('c-r1', { runKey: 'r1' })], failures: [] });
  const plain = { instructions: 'Sort it.', examples: [{ input: 'bo', output: 1 }] };
  // The second does not name her: it came from her case.
  const hers = [
    { input: EVE, output: 2 },
    { input: 'x', output: 3, source: 'corrected by a person, case c-r1' },
  ];
  const learnt = { ...plain, examples: [...plain.examples, ...hers] };
  await store.harnesses.adopt('triage', plain, 'sha256:1', 1);
  await store.candidates.propose(candidateOf('sha256:c'), { body: learnt, digest: 'sha256:2' });
  await store.harnesses.promote({ ...moving('p'), version: 'v2', expected: 'v1', e: 12, unproven: false });
  const parts = { ...learnt, instructions: `Never ask ${EVE}.` };
  await store.candidates.propose(candidateOf('sha256:d'), { body: parts, digest: 'sha256:3' });

  expect(await store.erasures.plan(order)).toMatchObject({ counts: { harnesses: 2 }, harnesses: [] });
  await store.erasures.erase(order);
  expect(await store.harnesses.current('triage')).toMatchObject({
    version: 4,
    source: 'erasure',
    body: plain,
    promoted: true,
  });
  expect((await store.harnesses.find('triage', 'v2'))?.body).toEqual(plain);
  expect((await store.harnesses.find('triage', 'v3'))?.body).toBeNull();
  expect(await store.harnesses.moves('triage', 1)).toMatchObject([
    { kind: 'erasure', from: 'v2', to: 'v4', by: order.by, unproven: false },
  ]);
  // What came from the file is not taken again.
  expect(await store.harnesses.adopt('triage', plain, 'sha256:1', 5)).toMatchObject({ version: 4 });
  expect(await store.harnesses.before('triage')).toBe('v1');
  await expect(
    store.harnesses.promote({ ...moving('q'), version: 'v3', expected: 'v4', unproven: true }),
  ).rejects.toThrow('v3 of loop triage was erased');
  expect(await store.erasures.plan(order)).toMatchObject({ counts: {}, harnesses: [] });
});

test('what was being shown of a version that loses an example is not said of what is left, and is proposed anew', async () => {
  const { store } = await opened();
  await fullRun(store, 'r1', `{"from":"${EVE}"}`);
  const caseId = 'c-0123456789abcdef';
  await store.cases.grow({ loop: 'triage', upTo: 1, cases: [caseOf(caseId, { runKey: 'r1' })], failures: [] });
  await store.harnesses.adopt('triage', { examples: [] }, 'sha256:1', 1);
  const body = { examples: [{ input: 'x', output: 3, source: `case ${caseId}` }] };
  const proposed = candidateOf('sha256:c', { state: 'trial' });
  await store.candidates.propose(proposed, { body, digest: 'sha256:2' });
  await store.experiments.open({ ...experiment, kind: 'trial', baseline: 'v1', candidate: 'v2' });
  // The run of `improve` quotes her case, and does not name her.
  const shown = await store.artefacts.put(`{"fixes":["${caseId}"]}`, { runKey: 'i1', keep: 'durable' });
  await store.erasures.erase(order);
  expect(await store.candidates.ofVersion('triage', 'v2')).toMatchObject({
    state: 'rejected',
    because: 'What was erased stood in v2.',
  });
  expect(await store.experiments.find(experiment.id)).toMatchObject({ state: 'closed', standing: 'inconclusive' });
  expect(await store.artefacts.get(shown)).toBeUndefined();
  const again = await store.candidates.propose({ ...proposed, runKey: 'i2' }, { body, digest: 'sha256:2' });
  expect(again).toMatchObject({ version: 'v3', state: 'trial' });
  expect((await store.harnesses.find('triage', 'v3'))?.body).toEqual(body);
});

test('a version that names the subject elsewhere goes as a whole, but under no run that stands on it', async () => {
  const { store } = await opened();
  await store.harnesses.adopt('triage', { instructions: `Ask ${EVE}.` }, 'sha256:1', 1);
  await store.runs.open(runOf('r2', { harness: 'v1', workKey: 'triage/bo' }));
  expect(await store.erasures.plan(order)).toMatchObject({ counts: {}, open: [], harnesses: ['triage v1'] });
  await store.harnesses.adopt('triage', { instructions: 'Ask.' }, 'sha256:2', 2);
  expect(await store.erasures.erase(order)).toMatchObject({ kind: 'refused', plan: { open: [{ runKey: 'r2' }] } });
  await store.runs.close({ runKey: 'r2', outcome: 'accepted', reason: '', closedAt: 2, lessons: [] });
  expect(await store.erasures.erase(order)).toMatchObject({
    kind: 'erased',
    plan: { counts: { harnesses: 1 }, harnesses: [] },
  });
  expect((await store.harnesses.find('triage', 'v1'))?.body).toBeNull();
  await expect(store.harnesses.rollback(moving('back'))).rejects.toThrow('v1 of loop triage was erased');
});

test('cases and clusters of the subject go with the run that they grew from; the rest stay', async () => {
  const { store } = await opened();
  await fullRun(store, 'r1', `{"from":"${EVE}"}`);
  await fullRun(store, 'r2', '{"from":"bo"}');
  const cases = ['r1', 'r2'].map((runKey) => caseOf(`c-${runKey}`, { runKey, cluster: 'said: rude' }));
  const failures = ['r1', 'r2'].map((runKey, at) => {
    return { loop: 'triage', cluster: 'said: rude', feedback: 'human', lesson: at + 1, runKey, at: 9000 } as const;
  });
  await store.cases.grow({ loop: 'triage', upTo: 2, cases, failures });
  await store.erasures.erase(order);
  expect((await store.cases.list({ loop: 'triage' })).map(({ id }) => id)).toEqual(['c-r2']);
  expect(await store.cases.find('triage', 'c-r1')).toBeUndefined();
  const [cluster, ...others] = await store.failures.clusters('triage', 9000);
  expect([cluster?.runs, cluster?.cases, others]).toEqual([['r2'], 1, []]);
  // A line of a file that is still there brings nothing back.
  await store.cases.putFile('triage', [caseOf('c-r1', { source: 'file' })]);
  expect(await store.cases.find('triage', 'c-r1')).toBeUndefined();
});

test('the same order again changes nothing, and another one finds nothing', async () => {
  const { store } = await opened();
  await fullRun(store, 'r1', `{"from":"${EVE}"}`);
  const first = await store.erasures.erase(order);
  const after = await contentsOf(store);
  expect(await store.erasures.erase(order)).toMatchObject({ erasure: first.kind === 'erased' && first.erasure });
  expect(await contentsOf(store)).toEqual(after);
  expect(await store.erasures.plan(order)).toMatchObject({ runs: [], counts: {} });
  await store.erasures.erase({ ...order, id: 'o2', at: 9500 });
  const [second, again] = await store.erasures.list();
  expect(second).toMatchObject({ id: 'o2', counts: {} });
  expect(second?.subject).toBe(again?.subject);
  expect(second?.subject).toMatch(/^[0-9a-f]{64}$/);
});

test('it is found however many texts there are', async () => {
  const { store } = await opened();
  await store.runs.open(runOf('r0'));
  const keep = { runKey: 'r0', keep: 'durable' } as const;
  await Promise.all(Array.from({ length: 1201 }, (_, n) => store.artefacts.put(n === 1000 ? EVE : `text ${n}`, keep)));
  await store.runs.close({ runKey: 'r0', outcome: 'accepted', reason: '', closedAt: 2, lessons: [] });
  expect(await store.erasures.erase(order)).toMatchObject({ plan: { runs: [], counts: { artefacts: 1 } } });
  expect(await store.facts.query('select count(*) as n from artefacts')).toEqual([{ n: 1200 }]);
});

test('a run by its name goes whatever it names', async () => {
  const { store } = await opened();
  await fullRun(store, 'r1', '{"from":"bo"}');
  await store.erasures.erase({ id: 'o', named: () => false, runs: ['triage-r1'], by: 'officer', files: 0, at: 1 });
  expect(JSON.stringify(await contentsOf(store))).not.toContain('my card');
});

test('no byte of it is left in the files, not on a page that was free before either', async () => {
  const { store, folder } = await opened();
  await store.runs.open(runOf('r0'));
  await store.artefacts.put(`${EVE} ${'x'.repeat(20_000)}`, { runKey: 'r0', keep: 'run' });
  await store.runs.close({ runKey: 'r0', outcome: 'accepted', reason: '', closedAt: 2, lessons: [] });
  await fullRun(store, 'r1', `{"from":"${EVE}","text":"${'y'.repeat(9000)}"}`);
  expect(await bytesOf(folder)).toContain(EVE);
  await store.sourceAnswers.put({ key: 'k', loop: 'triage', body: `about ${EVE}`, at: 1, expiresAt: 99_999 });
  await store.erasures.erase(order);
  expect(await bytesOf(folder)).not.toContain(EVE);
});

test('the record that something was erased is never changed', async () => {
  const { store, folder } = await opened();
  await store.erasures.erase(order);
  const database = new DatabaseSync(join(folder, DATABASE_FILE));
  expect(() => database.exec('delete from erasures')).toThrow(/never deleted/);
  expect(() => database.exec(`update erasures set "by" = 'x'`)).toThrow(/never changed/);
  database.close();
});

test('an effect of work that was in progress when the store was copied counts as begun', async () => {
  const { store } = await opened();
  await store.runs.open(runOf('r1'));
  await store.runs.open(runOf('r2', { dryRun: true }));
  expect([await store.effects.doubt(1), await store.effects.doubt(2)]).toEqual([1, 0]);
  const effect = { runKey: 'r3', name: 'label', artefact: 'sha256:a', at: 1 };
  expect(await store.effects.begin({ ...effect, key: 'triage/r1/label' })).toEqual({ kind: 'begun' });
  expect(await store.effects.begin({ ...effect, key: 'triage/r2/label' })).toEqual({ kind: 'new' });
});
