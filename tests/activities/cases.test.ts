import { expect, test } from 'vitest';
import { z } from 'zod';
import { clusters, growCases } from '../../activities/cases.ts';
import { Case } from '../../contract/case.ts';
import { meets } from '../../core/learning/expected.ts';
import type { NewLesson, Store } from '../../store/ports.ts';
import { defineLoop, model, check } from '../../loops/define/index.ts';
import { lessonOf, runOf } from '../store/samples.ts';
import { workbench } from './workbench.ts';

const INTENTS = ['refund', 'card', 'fee'];

/** Sorts tickets: its outputs are decisions. */
const triage = defineLoop<{ id: string; text: string }, { intent: string; reply: string }>({
  name: 'triage',
  input: z.object({ id: z.string(), text: z.string() }),
  output: z.object({ intent: z.enum(INTENTS), reply: z.string() }),
  stages: {
    main: {
      generate: model({
        decision: {
          labels: INTENTS,
          text: (ticket) => ticket.text,
          label: (output) => output.intent,
          complete: ({ label }) => ({ intent: label, reply: 'ok' }),
        },
      }),
      verify: [check('polite', () => ({ verdict: 'pass', evidence: 'it is' }))],
    },
  },
});

async function learn(store: Store, runKey: string, lessons: readonly Partial<NewLesson>[], run = {}): Promise<void> {
  await store.runs.open(runOf(runKey, run));
  const closed = { runKey, outcome: 'accepted', reason: 'done', closedAt: Date.UTC(2026, 0, 1) } as const;
  const createdAt = Date.UTC(2025, 11, 31);
  const written = lessons.map((lesson, at): NewLesson => {
    const { output: _none, ...bare } = lessonOf(runKey, `${runKey}/${at}`);
    return { ...bare, createdAt, ...lesson };
  });
  await store.runs.close({ ...closed, lessons: written });
}

test('what a person sent back does not pass the case of the answer that they approved then', async () => {
  const expecting = { ...triage, expects: () => undefined };
  const { deps, store } = await workbench({ loop: expecting });
  const input = { id: '1', text: 'give it back' };
  const back = { kind: 'correction', source: 'edit', text: 'Kinder, please.', input } as const;
  const rude = { intent: 'refund', reply: 'No.' };
  await learn(store, 'revised', [
    { ...back, predicted: { intent: 'refund', reply: 'Never.' } },
    { ...back, predicted: rude },
    { input, output: answer('refund'), predicted: answer('refund') },
  ]);
  await growCases(deps, 'triage');
  const [kept, ...others] = await store.cases.list({ loop: 'triage' });
  expect(others).toEqual([]);
  // The right label stays right: only what was replaced is refused. It is no target, because passing it proves little.
  expect(kept).toMatchObject({ runKey: 'revised', source: 'approval', never: { reply: 'No.' }, slice: 'guard' });
  expect(kept?.cluster).toBeUndefined();
  expect(meets(rude, kept ?? {}).meets).toBe(false);
  expect(meets(answer('refund'), kept ?? {}).meets).toBe(true);
});

const byRun = ([a]: readonly unknown[], [b]: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);

const answer = (intent: string) => ({ intent, reply: 'ok' });

test('decisions become cases: what has to be there again, what may not, and in which way it had gone wrong', async () => {
  const { deps, store } = await workbench({ loop: triage });
  await learn(store, 'approved', [
    { input: { id: '1', text: 'where is my card' }, output: answer('card'), predicted: answer('card') },
  ]);
  const edit = { input: { id: '2', text: 'give it back' }, output: answer('refund'), predicted: answer('fee') };
  await learn(store, 'edited', [
    { ...edit, source: 'edit' },
    { ...edit, kind: 'correction', source: 'edit' },
  ]);
  const refused = { kind: 'rejection', source: 'rejection', text: 'Rude.', input: { id: '3', text: 'hm' } } as const;
  await learn(store, 'refused', [{ ...refused, predicted: answer('fee') }]);
  const feedback = { kind: 'correction', source: 'edit', text: 'rude!', input: { id: '4', text: 'so' } } as const;
  await learn(store, 'revised', [{ ...feedback, predicted: answer('fee') }]);
  await store.attempts.judge(
    { runKey: 'gone', stage: 'main#1', artefact: 'sha256:a', author: 'verifiers', at: 1 },
    {
      verdict: { verdict: 'fail', criteria: [{ name: 'polite', verdict: 'fail', evidence: 'it is not' }] },
      approval: { ask: false, audit: false, because: '' },
    },
  );
  await learn(store, 'gone', [{ kind: 'exhausted', source: 'outcome', input: { id: '5', text: 'oh' } }]);

  await growCases(deps, 'triage');
  await growCases(deps, 'triage');

  const cases = await store.cases.list({ loop: 'triage' });
  expect(
    cases
      .map(({ runKey, source, expect: wanted, never, cluster, slice }) => [
        runKey,
        source,
        wanted,
        never,
        cluster,
        slice,
      ])
      .toSorted(byRun),
  ).toEqual([
    ['approved', 'approval', { intent: 'card' }, undefined, undefined, 'guard'],
    ['edited', 'edit', { intent: 'refund' }, undefined, 'answer: expected refund', 'guard'],
    ['gone', 'outcome', undefined, undefined, 'exhausted: polite', 'guard'],
    ['refused', 'rejection', undefined, { intent: 'fee' }, 'said: rude', 'guard'],
  ]);
  const found = await clusters(deps, 'triage');
  expect(
    found.map(({ cluster, feedback: by, count, share, cases: left }) => [cluster, by, count, share, left]),
  ).toEqual([
    ['said: rude', 'human', 2, 0.5, 1],
    ['answer: expected refund', 'human', 1, 0.25, 1],
    ['exhausted: polite', 'model', 1, 0.25, 1],
  ]);
  expect(found[0]).toMatchObject({ runs: ['revised', 'refused'], said: 'rude!' });
});

test('the same question with the same answer is one case, and tickets that say the same have one vote', async () => {
  const { deps, store } = await workbench({ loop: triage });
  const text = 'My card was charged twice in the supermarket and I want the second payment back as soon as possible';
  const asked = (id: string, said: string) => ({ input: { id, text: said }, output: answer('refund') });
  await learn(store, 'a', [asked('1', text)]);
  await learn(store, 'b', [asked('1', text)]);
  await growCases(deps, 'triage');
  await learn(store, 'c', [asked('2', `${text}!`)]);
  await learn(store, 'd', [asked('3', 'and now?')], { workKey: 'triage/9' });
  await learn(store, 'e', [asked('3', 'still nothing')], { workKey: 'triage/9/rerun:e', dryRun: true });
  await growCases(deps, 'triage');
  const cases = await store.cases.list({ loop: 'triage' });
  expect(cases.map(({ runKey, related }) => [runKey, related]).toSorted(byRun)).toEqual([
    ['a', 'triage/a'],
    ['c', 'triage/a'],
    ['d', 'triage/9'],
    ['e', 'triage/9'],
  ]);
  const sides = Map.groupBy(cases, ({ related }) => related).values();
  for (const of of sides) expect(new Set(of.map(({ sealed }) => sealed)).size).toBe(1);
});

test('a loop says itself what of its output has to be there again; what an author gets wrong counts for nothing', async () => {
  const { name, input, output, stages } = triage;
  const loop = { name, input, output, act: {}, stages };
  const says = await workbench({
    loop: { ...loop, expects: (made) => ({ reply: (made as { reply: string }).reply }) },
  });
  const throws = await workbench({ loop: { ...loop, expects: () => JSON.parse('no JSON') as unknown } });
  for (const { deps, store } of [says, throws]) {
    await learn(store, 'a', [{ output: answer('card'), predicted: answer('card') }]);
    await growCases(deps, 'triage');
  }
  expect((await says.store.cases.list({ loop: 'triage' }))[0]?.expect).toEqual({ reply: 'ok' });
  expect((await throws.store.cases.list({ loop: 'triage' }))[0]?.expect).toBeUndefined();
});

test('lines of the file are cases: what changes there changes here, and goes', async () => {
  const { deps, store } = await workbench({ loop: triage });
  const entry = deps.loops.get('triage');
  if (entry === undefined) throw new Error('it is there');
  const taking = async (lines: readonly object[]) => {
    const cases = lines.map((line) => Case.parse(line));
    await growCases({ ...deps, loops: new Map([['triage', { ...entry, cases }]]) }, 'triage');
    return (await store.cases.list({ loop: 'triage' })).map(({ id, slice, expect: wanted }) => [id, slice, wanted]);
  };
  const input = { id: '1', text: 'hm' };
  expect(
    await taking([
      { id: 'a', input, slice: 'pinned' },
      { id: 'b', input },
    ]),
  ).toEqual([
    ['a', 'pinned', undefined],
    ['b', 'guard', undefined],
  ]);
  expect(await taking([{ id: 'a', input, expect: { intent: 'fee' } }])).toEqual([['a', 'guard', { intent: 'fee' }]]);
  expect(await taking([])).toEqual([]);
});
