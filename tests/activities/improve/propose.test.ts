import { describe, expect, test } from 'vitest';
import { answersOf } from '../../../activities/improve/ground.ts';
import { propose, type ProposeInput } from '../../../activities/improve/propose.ts';
import { openTrial } from '../../../activities/improve/trial.ts';
import type { KeptCase } from '../../../contract/case.ts';
import { Harness } from '../../../contract/harness.ts';
import type { PinnedRun } from '../../../contract/run.ts';
import { canonicalJson } from '../../../core/canonical.ts';
import type { Script } from '../../support/fake-openai.ts';
import { workbench, type Workbench } from '../workbench.ts';

/** As many decisions about titles: `wrong` were refused, with a phrase in them; each has a case, unless it is left out. */
async function decided(bench: Workbench, wrong: number, right: number, sealed = (_n: number) => false): Promise<void> {
  const lessons = Array.from({ length: wrong + right }, (_, n) => ({
    key: `k${n}`,
    loop: 'writeTitle',
    kind: n < wrong ? ('rejection' as const) : ('example' as const),
    text: n < wrong ? 'no clickbait' : 'approved by a person',
    input: { id: String(n), topic: `topic ${n}` },
    predicted: { title: n < wrong ? `You will not believe ${n}` : `Facts about ${n}` },
    ...(n < wrong ? {} : { output: { title: `Facts about ${n}` } }),
    trust: 'untrusted' as const,
    runKey: 'r1',
    source: n < wrong ? ('rejection' as const) : ('approval' as const),
    createdAt: n,
  }));
  await openRun(bench);
  await bench.store.runs.close({ runKey: 'r1', outcome: 'accepted', reason: '', closedAt: 1, lessons });
  const cases = lessons.map(({ input, source, runKey }, n): KeptCase => ({
    id: `c${n}`,
    loop: 'writeTitle',
    input,
    slice: 'guard',
    related: `c${n}`,
    source,
    ...(n < wrong ? { cluster: 'said: clickbait' } : {}),
    runKey,
    lesson: n + 1,
    sealed: sealed(n),
    at: n,
  }));
  await bench.store.cases.grow({ loop: 'writeTitle', upTo: lessons.length, cases, failures: [] });
}

async function openRun({ store, run }: Workbench, runKey = 'r1'): Promise<void> {
  const place = { workflowId: runKey, firstRunId: runKey, trigger: { kind: 'manual' as const }, openedAt: 0 };
  await store.runs.open({ ...run, runKey, workKey: `title/${runKey}`, ...place });
}

const improve = (bench: Workbench, runKey: string, over: Partial<ProposeInput> = {}) => {
  const run: PinnedRun = { ...bench.run, runKey, watermark: 1000 };
  return bench.within(() => propose(bench.deps, { run, loop: 'writeTitle', ...over }));
};

describe('a proposal', () => {
  test('is a version that nothing runs on, once a run, whatever is asked again', async () => {
    const bench = await workbench();
    await decided(bench, 4, 8);
    const first = await improve(bench, 'i1', { kinds: ['eval'] });
    expect(first).toMatchObject({ kind: 'proposed', version: 'v2' });
    expect(await improve(bench, 'i1', { kinds: ['approval'] })).toEqual(first);
    const candidate = await bench.store.candidates.ofRun('i1');
    expect(candidate).toMatchObject({ kind: 'eval', base: 'v1', widens: false, state: 'proposed' });
    expect(candidate?.manifest).toMatchObject({ cluster: 'said: clickbait', fixes: ['c0', 'c1', 'c2', 'c3'] });
    const { body } = (await bench.store.harnesses.find('writeTitle', 'v2')) ?? {};
    expect(Harness.parse(body).evals).toMatchObject([{ kind: 'notContains', text: 'You will not believe' }]);
    expect(await bench.store.harnesses.current('writeTitle')).toMatchObject({ version: 1 });
  });

  test('goes by nothing that is sealed', async () => {
    const bench = await workbench();
    await decided(bench, 4, 8, (n) => n < 2);
    expect(await improve(bench, 'i1')).toMatchObject({
      kind: 'none',
      because: expect.stringContaining('2 wrong answers'),
    });
  });

  test('knows which answers verifiers held, whatever an approval rule says', async () => {
    const bench = await workbench();
    await decided(bench, 0, 2);
    const artefact = bench.store.artefacts.digest(canonicalJson({ title: 'Facts about 0' }));
    const fail = { name: 'second-reader', verdict: 'fail' as const, evidence: 'it doubts', opinion: true };
    await bench.store.attempts.judge(
      { runKey: 'r1', stage: 'main', artefact, author: 'verifiers', at: 1 },
      {
        verdict: { verdict: 'fail', criteria: [fail] },
        approval: { ask: true, audit: false, because: 'it doubts' },
      },
    );
    expect((await answersOf(bench.deps, 'writeTitle', 1000)).map(({ held }) => held)).toEqual([true, undefined]);
  });

  test('that is on trial or was refuted is passed by for the next best, and refused from whoever brings it, on any base', async () => {
    const bench = await workbench();
    await decided(bench, 4, 8);
    const first = await improve(bench, 'i1', { kinds: ['eval'] });
    if (first.kind !== 'proposed') throw new Error(first.because);
    await openRun(bench, 'i1');
    const { body: candidate } = (await bench.store.harnesses.find('writeTitle', 'v2')) ?? {};
    const refused = (because: string) => ({ kind: 'none', because: expect.stringContaining(because) });
    expect(await improve(bench, 'i2', { candidate })).toMatchObject(refused('on trial already, as v2'));
    expect(await improve(bench, 'i3', { kinds: ['eval'] })).toMatchObject({ version: 'v3' });
    const refuted = { state: 'refuted', because: 'E 0.1', at: 2 } as const;
    await bench.store.candidates.settle({ loop: 'writeTitle', digest: first.digest }, refuted);
    expect(await improve(bench, 'i4', { candidate })).toMatchObject(refused('refuted: E 0.1'));
    const moved = Harness.parse({ instructions: 'Another base.' });
    await bench.store.harnesses.adopt('writeTitle', moved, 'sha256:moved', 3);
    const again = { ...moved, evals: Harness.parse(candidate).evals };
    expect(await improve(bench, 'i5', { candidate: again })).toMatchObject(refused('refuted: E 0.1'));
  });

  test('whose trial proved nothing may be tried again, as the same version', async () => {
    const bench = await workbench();
    await decided(bench, 4, 8);
    const first = await improve(bench, 'i1', { kinds: ['eval'] });
    if (first.kind !== 'proposed') throw new Error(first.because);
    await bench.store.candidates.settle({ loop: 'writeTitle', digest: first.digest }, { state: 'inconclusive', at: 2 });
    expect(await improve(bench, 'i2', { kinds: ['eval'] })).toEqual(first);
    expect(await bench.store.candidates.ofRun('i2')).toMatchObject({ state: 'proposed', version: 'v2' });
  });
});

describe('a harness that somebody brings', () => {
  test('becomes a candidate where it changes one component and may run', async () => {
    const bench = await workbench();
    const candidate = { ...Harness.parse({}), instructions: 'Be brief.' };
    expect(await improve(bench, 'i1', { candidate, by: 'ada', summary: 'Shorter.' })).toMatchObject({ version: 'v2' });
    expect(await bench.store.candidates.ofRun('i1')).toMatchObject({
      kind: 'instruction',
      manifest: { summary: 'Shorter.', proposer: 'human:ada' },
    });
  });

  test('is refused with what is wrong with it', async () => {
    const bench = await workbench();
    const base = Harness.parse({});
    const refused = async (candidate: unknown): Promise<string> => {
      const proposed = await improve(bench, 'i1', { candidate });
      return proposed.kind === 'none' ? proposed.because : 'proposed';
    };
    expect(await refused(base)).toContain('it changes nothing');
    expect(await refused({ ...base, limits: { ...base.limits, usd: 900 } })).toContain('limits');
    expect(await refused({ routes: [] })).toContain('unknown field');
    expect(await refused({ ...base, approval: { ...base.approval, when: 'outptu.x' } })).toContain(
      'Did you mean `output`?',
    );
  });
});

test('what asks people less has to be as right as the team of its loop says, whoever brings it', async () => {
  const rules = { when: 'output.confidence < 0.9', rightAlone: 0.85 };
  const evals = [{ id: 'calm', kind: 'notContains', text: '!' }];
  const bench = await workbench({
    harness: { approval: rules, evals },
    input: { loop: 'writeTitle', candidate: { approval: { ...rules, when: 'output.confidence < 0.8' }, evals } },
  });
  const run: PinnedRun = { ...bench.run, loop: 'improve' };
  await openRun(bench);
  const bring = (approval: object) => improve(bench, 'r1', { candidate: { approval, evals } });
  expect(await bring({ ...rules, rightAlone: 0.6 })).toMatchObject({
    kind: 'none',
    because: expect.stringContaining('`approval.rightAlone`, which only people change'),
  });
  expect(await bring({ ...rules, when: 'output.confidence < 0.8' })).toMatchObject({ version: 'v2' });
  const { experiment } = await bench.within(() => openTrial(bench.deps, { run, at: 0 }));
  expect(await bench.store.experiments.find(experiment)).toMatchObject({ widens: true, atLeast: 0.85 });
  // A check that goes is no question of how often people are asked.
  await openRun(bench, 'r2');
  expect(await improve(bench, 'r2', { candidate: { approval: rules } })).toMatchObject({ version: 'v3' });
  const other = await bench.within(() => openTrial(bench.deps, { run: { ...run, runKey: 'r2' }, at: 0 }));
  expect(await bench.store.experiments.find(other.experiment)).toMatchObject({ change: 'eval', atLeast: 0.95 });
});

describe('a model that proposes', () => {
  const answer = {
    kind: 'instruction',
    component: 'Say what the text is about.',
    summary: 'No clickbait.',
    fixes: ['c0', 'c1', 'made-up'],
    risks: ['Titles become dull.'],
  };
  const reviewed = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => ({
      loop: 'writeTitle',
      lesson: from + n,
      state: 'active' as const,
      because: 'read',
      by: 'ada',
      at: 5,
    }));
  const withProposer = async (script: Script): Promise<Workbench> => {
    const bench = await workbench({ script });
    const routes = new Map([
      ...bench.deps.routes,
      ['proposer', { kind: 'endpoint', endpoint: bench.endpoint }] as const,
    ]);
    await decided(bench, 6, 8, (n) => n < 2);
    return { ...bench, deps: { ...bench.deps, routes } };
  };

  test('is shown failures as data and nothing that is sealed; what it answers becomes a candidate, and is paid', async () => {
    const bench = await withProposer([{ json: answer }]);
    await bench.store.lessonStates.change(reviewed(1, 15));
    expect(await improve(bench, 'r1')).toMatchObject({ version: 'v2' });
    const [seen] = bench.model.seen;
    expect(seen?.input).toContain('<data source="failure c2" trust="untrusted">');
    expect(seen?.input).not.toContain('topic 1"');
    expect(await bench.store.candidates.ofRun('r1')).toMatchObject({
      kind: 'instruction',
      manifest: { fixes: [], proposer: 'model:fake-1', cluster: 'said: clickbait' },
    });
    expect(await bench.ledger()).toMatchObject([{ call: 'propose', state: 'settled' }]);
  });

  test('writes no instruction from what nobody has read', async () => {
    const bench = await withProposer([{ json: answer }, { json: answer }]);
    expect(await improve(bench, 'r1')).toMatchObject({ version: 'v2' });
    expect(bench.model.seen[0]?.input).not.toContain('`instructions`');
    expect((await bench.store.candidates.ofRun('r1'))?.kind).toBe('eval');
  });

  test('whose answer may not run is asked once more with the reason; then the built-in proposers are', async () => {
    const broken = { ...answer, kind: 'approval', component: '{"when":"outptu.x"}' };
    const bench = await withProposer([{ json: broken }, { json: { ...broken, component: 'none' } }]);
    expect(await improve(bench, 'r1')).toMatchObject({ version: 'v2' });
    expect(bench.model.seen[1]?.input).toContain('Did you mean `output`?');
    expect((await bench.ledger()).map(({ call }) => call)).toEqual(['propose', 'propose~repair']);
    expect((await bench.store.candidates.ofRun('r1'))?.manifest.proposer).toBe('builtin:repeated-rejection');
  });
});
