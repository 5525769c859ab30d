import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { waysToAsk } from '../../../core/review/checks.ts';
import {
  check,
  human,
  judge,
  lessons,
  model,
  pairwise,
  panel,
  source,
  stage,
  type Check,
  type Loop,
} from '../../../loops/define/index.ts';
import { parseHarness } from '../../../worker/load/harness.ts';
import { loopFacts } from '../../../worker/review/loop-facts.ts';
import { refuseUnchecked } from '../../../worker/review/refuse.ts';
import { names, taste, titleLoop, type Input, type Output } from '../../support/loops.ts';

const NOW = Date.UTC(2026, 10, 26);
const MODELS = new Map([
  ['default', 'maker'],
  ['strong', 'other'],
  ['judge', 'judging'],
  ['local', 'local'],
]);

/** A loop in a folder of its own, with the text of its harness. */
async function entryOf(loop: Loop, harness?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-facts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  if (harness !== undefined) await writeFile(join(folder, 'harness.yaml'), harness);
  return { loop, harness: parseHarness(harness, 'harness.yaml'), folder };
}

async function factsOf(loop: Loop, harness?: string, models: ReadonlyMap<string, string> | undefined = MODELS) {
  return await loopFacts(await entryOf(loop, harness), { models, documents: async () => [], now: NOW, probe: 'all' });
}

async function starts(loop: Loop, harness?: string): Promise<void> {
  await refuseUnchecked([await entryOf(loop, harness)], { models: MODELS, documents: async () => [], now: NOW });
}

test('says who makes and who checks, by what it resolves to', async () => {
  const { stages } = await factsOf(
    titleLoop('t', { stages: { main: { generate: { kind: 'model' }, verify: [names, taste] } } }),
  );
  expect(stages).toMatchObject([
    {
      name: 'main',
      generator: { kind: 'model', identities: ['model:maker'] },
      verifiers: [
        { name: 'names-the-topic', identities: ['function:names-the-topic'], power: { kind: 'shown' } },
        {
          name: 'taste',
          kind: 'judge',
          identities: ['model:judging'],
          power: { kind: 'shown', because: 'has to say yes to 1 criterion' },
        },
      ],
    },
  ]);
});

test('counts every route that routing can reach', async () => {
  const harness = 'routing: [{ when: attempt > 1, model: strong }, { model: default }]';
  const { stages } = await factsOf(titleLoop(), harness);
  expect(stages[0]?.generator.identities).toEqual(['model:other', 'model:maker']);
});

test('goes by the names of routes where their models are not known', async () => {
  const { stages } = await factsOf(titleLoop(), undefined, new Map());
  expect(stages[0]?.generator.identities).toEqual(['route:default']);
});

test('tells what the harness file says from what is a default', async () => {
  const { stated, harness } = await factsOf(titleLoop(), 'limits: { usd: 0.2 }');
  expect([...stated]).toEqual(['limits', 'limits.usd']);
  expect(harness.limits).toMatchObject({ usd: 0.2, attempts: 3 });
});

test('lists sources with their trust and how long they are kept', async () => {
  const desk = source<never>({ name: 'desk', trust: 'untrusted', why: 'asked', fetch: async () => [] });
  const main = { context: [lessons({ limit: 2 }), desk], generate: { kind: 'model' as const }, verify: [names] };
  const { stages } = await factsOf(titleLoop('t', { stages: { main } }));
  expect(stages[0]?.sources).toEqual([
    { name: 'lessons', trust: 'untrusted', keep: 'durable', why: 'what people decided about similar work' },
    { name: 'desk', trust: 'untrusted', keep: 'run', why: 'asked' },
  ]);
});

test.each([
  ['without a rubric', judge('empty', {}), 'has no rubric, so it is never asked'],
  [
    'on a route that is not there',
    judge('far', { a: 'A?' }, { model: 'far' }),
    'cannot be asked: route "far" is not declared in loopwright.yaml',
  ],
  [
    'on the learner',
    judge('near', { a: 'A?' }, { model: 'local' }),
    'cannot be asked: route "local" leads to the embedded learner',
  ],
])('a judge %s cannot say no', async (_title, verifier, because) => {
  const { stages } = await factsOf(
    titleLoop('t', { stages: { main: { generate: { kind: 'model' }, verify: [verifier] } } }),
  );
  expect(stages[0]?.verifiers[0]?.power).toEqual({ kind: 'none', because });
});

test('a panel is all of its judges, and grades itself where one of them makes the output', async () => {
  const jury = panel('jury', { a: 'A?' }, { models: ['judge', 'strong'] });
  const main = { generate: { kind: 'model' as const }, verify: [jury, names] };
  const loop = titleLoop('t', { stages: { main } });
  const { stages } = await factsOf(loop);
  expect(stages[0]?.verifiers[0]).toMatchObject({ kind: 'panel', identities: ['model:judging', 'model:other'] });
  await expect(starts(loop)).resolves.toBeUndefined();
  await expect(
    starts(loop, 'routing: [{ when: attempt > 1, model: strong }, { model: default }]'),
  ).rejects.toMatchObject({
    type: 'SelfVerification',
    message: expect.stringContaining(
      'panel `jury` of stage `main` has model:other, which may make the output',
    ) as unknown,
  });
});

test('a comparison says nothing about a first attempt, and a person may always say no', async () => {
  const best = pairwise<{ id: string; topic: string }>('better', { a: 'Which?' }, { baseline: 'best' });
  const main = { generate: { kind: 'model' as const }, verify: [best, human('sign-off', 'Would you?')] };
  const facts = await factsOf(titleLoop('t', { stages: { main } }));
  expect(facts.stages[0]?.verifiers).toMatchObject([
    { kind: 'pairwise', power: { kind: 'none', because: expect.stringContaining('first attempt') as unknown } },
    { kind: 'human', identities: ['human'], power: { kind: 'shown' } },
  ]);
  expect(waysToAsk(facts)).toEqual(['by `sign-off`, always']);
});

test('evals of the harness check a stage, but for rubrics and rules that never look at its output', async () => {
  const harness = `evals:
  - { id: dot, kind: contains, text: . }
  - { id: always, kind: cel, rule: "true" }
  - { id: kind, kind: rubric, rubric: Is it kind? }`;
  const { stages } = await factsOf(titleLoop(), harness);
  expect(stages[0]?.verifiers.slice(1)).toMatchObject([
    { name: 'dot', identities: ['eval:dot'], power: { kind: 'shown' } },
    { name: 'always', power: { kind: 'none', because: 'never looks at the output' } },
  ]);
});

test('a `dedupe` that takes nothing is blind', async () => {
  expect((await factsOf(titleLoop('t', { dedupe: () => 'once' }))).dedupe).toBe('blind');
});

test('a judge on the model that makes the output does not start, and the message says what to mend', async () => {
  const loop = titleLoop('t', {
    stages: { main: { generate: { kind: 'model' }, verify: [judge('same', { a: 'A?' }, { model: 'default' })] } },
  });
  await expect(starts(loop)).rejects.toMatchObject({
    type: 'SelfVerification',
    message:
      'Loop t does not start (NoIndependentCheck): judge `same` of stage `main` is model:maker, which makes the output. Route the judge to another model in loopwright.yaml, or write a check() in its place.',
  });
});

const strong = judge('strong', { a: 'A?' }, { model: 'strong' });
const judgedBeside = (verify: readonly (typeof strong | typeof names)[]) =>
  titleLoop('t', { stages: { main: { generate: { kind: 'model' }, verify } } });

test('a judge on the model of one route does not start, whoever stands beside it', async () => {
  const harness = 'routing: [{ when: attempt > 1, model: strong }, { model: default }]';
  await expect(starts(judgedBeside([strong]), harness)).rejects.toMatchObject({ type: 'SelfVerification' });
  await expect(starts(judgedBeside([strong, names]), harness)).rejects.toMatchObject({ type: 'SelfVerification' });
});

test('a judge on the model of a route that is never reached starts', async () => {
  const harness = 'routing: [{ when: "true", model: default }, { model: strong }]';
  await expect(starts(judgedBeside([strong]), harness)).resolves.toBeUndefined();
});

test('a check that is the function which answers without a model does not start', async () => {
  const answer = () => ({ title: 'x', confidence: 1 });
  const main = {
    generate: model({ keyless: answer }),
    verify: [check('twin', answer as unknown as Check<Input, Output>['run'])],
  };
  const loop = titleLoop('t', { stages: { main } });
  await expect(starts(loop, 'routing: [{ model: local }]')).rejects.toMatchObject({
    type: 'SelfVerification',
    message: expect.stringContaining('check `twin` of stage `main` is function:keyless') as string,
  });
});

test('a loop whose only check always passes does not start', async () => {
  const fine = check<Input, Output>('fine', () => ({
    verdict: 'pass',
    evidence: 'fine',
  }));
  const loop = titleLoop('t', { stages: { main: { generate: { kind: 'model' }, verify: [fine] } } });
  await expect(starts(loop)).rejects.toMatchObject({
    type: 'InvalidHarness',
    message: expect.stringContaining('nothing can say no in stage `main`: `fine` can only answer `pass`') as string,
  });
  await expect(starts(loop, 'evals: [{ id: dot, kind: contains, text: . }]')).resolves.toBeUndefined();
});

test.each([
  'kind: cel, rule: "true || output.title == \'\'"',
  'kind: cel, rule: "size(output.title) >= 0"',
  'kind: matches, pattern: ".*"',
  'kind: matches, field: title, pattern: "^"',
  'kind: notContains, field: confidence, text: zebra',
])('an eval that says yes to everything is no verifier: %s', async (rule) => {
  const fine = check<Input, Output>('fine', () => ({ verdict: 'pass', evidence: 'fine' }));
  const loop = titleLoop('t', { stages: { main: { generate: { kind: 'model' }, verify: [fine] } } });
  await expect(starts(loop, `evals: [{ id: sham, ${rule} }]`)).rejects.toMatchObject({
    type: 'InvalidHarness',
    message: expect.stringMatching(/nothing can say no in stage `main`: .*; `sham` said yes to \d+ made-up/) as string,
  });
  await expect(starts(titleLoop(), `evals: [{ id: sham, ${rule} }]`)).resolves.toBeUndefined();
});

test('an eval is asked of the stages whose output has its field', async () => {
  const main = { generate: { kind: 'model' as const }, verify: [names] };
  const Draft = z.object({ text: z.string() });
  const draft = stage(Draft, { generate: model<Input, z.infer<typeof Draft>>(), verify: [judge('kind', { a: 'A?' })] });
  const { stages } = await factsOf(
    titleLoop('t', { stages: { main, draft } }),
    'evals: [{ id: no-links, kind: notContains, field: text, text: http }]',
  );
  expect(stages.map(({ verifiers }) => verifiers.map(({ name }) => name))).toEqual([
    ['names-the-topic'],
    ['kind', 'no-links'],
  ]);
});

test('a loop with an honest check starts', async () => {
  await expect(starts(titleLoop())).resolves.toBeUndefined();
});

test('says whether `dedupe` names every input, or only some', async () => {
  const loop = titleLoop();
  const input = z.object({ id: z.string().optional(), topic: z.string() });
  expect((await factsOf(loop)).dedupe).toBe('byInput');
  expect((await factsOf({ ...loop, input, dedupe: (given) => (given as { id?: string }).id })).dedupe).toBe(
    'whereNamed',
  );
  expect((await factsOf({ ...loop, input, dedupe: (given) => (given as Input).topic })).dedupe).toBe('byInput');
});

test('says what the contract of an effect demands', async () => {
  const harness =
    'tools: [{ name: publish, maxCalls: 9, approve: true, args: { properties: { title: { maxLength: 9 } } } }]';
  expect((await factsOf(titleLoop(), harness)).effects).toEqual([
    { name: 'publish', repeatable: true, contract: { allow: true, approve: true, maxCalls: 9, fields: ['title'] } },
  ]);
  expect((await factsOf(titleLoop())).effects).toEqual([{ name: 'publish', repeatable: true }]);
});
