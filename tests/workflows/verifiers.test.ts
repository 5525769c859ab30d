import { test, vi } from 'vitest';
import { human, judge, model, panel } from '../../loops/define/index.ts';
import type { RunResult } from '../../contract/outcomes.ts';
import type { Scripted } from '../support/fake-openai.ts';
import { good, names, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

vi.setConfig({ testTimeout: 60_000 });

const owls = { id: '1', topic: 'owls' };
const rubric = { short: 'The title is short.' };
const says = (pass: boolean): Scripted => ({ json: { criteria: [{ name: 'short', pass, quote: 'About owls' }] } });

/** Ten tries that come to nothing, each in another way; the garbage is asked for again within its try. */
const CRASHES: readonly Scripted[] = [
  { status: 500 },
  { reset: true },
  { text: 'Looks good to me!' },
  { json: { verdict: 'pass' } },
  { status: 503 },
  { json: { criteria: [] } },
  { text: '{"criteria":' },
  { reset: true },
  { status: 429, headers: { 'retry-after-ms': '1' } },
  { status: 500 },
  { status: 408 },
  { reset: true },
];

test.concurrent('a judge that crashes ten times burns no attempt, and nobody else is asked again', async ({
  onTestFinished,
  expect,
}) => {
  let judged = 0;
  const crashing = ({ model: asked }: { model: string }): Scripted =>
    asked === 'fake-judge' ? (CRASHES[judged++] ?? says(true)) : asked === 'fake-1' ? good('owls') : says(true);
  const jury = panel('jury', rubric, { models: ['judge', 'strong'] });
  const loop = titleLoop('crashing', { stages: { main: { generate: model(), verify: [names, jury] } } });
  const {
    run,
    model: fake,
    rows,
  } = await rig({ loops: [{ loop, harness: 'limits: { usd: 10, attempts: 1 }' }], script: crashing }, onTestFinished);
  expect(await run('crashing', owls)).toMatchObject({ outcome: 'accepted', attempts: 1 });
  const asked = (name: string) => fake.seen.filter(({ model: who }) => who === name).length;
  expect([asked('fake-1'), asked('fake-2'), asked('fake-judge')]).toEqual([1, 1, CRASHES.length + 1]);
  const [{ tries } = {}] = await rows(
    `select max(activity_attempt) as tries from ledger where call like 'panel:jury~judge%'`,
  );
  expect(tries).toBe(11);
});

test.concurrent('judges that disagree ask a person, who sees who said what, and answers what only they can', async ({
  onTestFinished,
  expect,
}) => {
  const jury = panel('jury', rubric, { models: ['judge', 'strong'] });
  const signOff = human('sign-off', 'Would you print this?');
  const loop = titleLoop('asking', { stages: { main: { generate: model(), verify: [signOff, jury, names] } } });
  const script = ({ model: asked }: { model: string }) =>
    asked === 'fake-1' ? good('owls') : says(asked === 'fake-2');
  const { start, gate, rows } = await rig(
    { loops: [{ loop, harness: 'limits: { tokens: 1000 }' }], script },
    onTestFinished,
  );
  const handle = await start('asking', owls);
  const { gateBecause, gateDigest } = await gate(handle);
  expect(gateBecause).toBe(
    'jury/short: 1 of 2 judges say yes: fake-judge says no: "About owls"; fake-2 says yes: "About owls"; ' +
      'sign-off: a person has to say: Would you print this?',
  );
  await handle.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ada@example.com', digest: gateDigest }] });
  expect((await handle.result()) as RunResult).toMatchObject({ outcome: 'accepted', attempts: 1, gates: 1 });
  const [{ body } = {}] = await rows(`select body from judgements where author = 'human:ada@example.com'`);
  const { criteria } = (JSON.parse(String(body)) as { verdict: { criteria: { name: string; evidence: string }[] } })
    .verdict;
  expect(criteria.slice(-3).map(({ name, evidence }) => [name, evidence.split(' (')[0]])).toEqual([
    ['jury/short', 'overruled by ada@example.com'],
    ['sign-off', 'ada@example.com'],
    ['human', 'approved by ada@example.com'],
  ]);
});

test.concurrent('a judge that says no is heard, and what is dearer is asked about the next attempt only', async ({
  onTestFinished,
  expect,
}) => {
  const jury = panel('jury', rubric, { models: ['judge', 'strong'] });
  const taste = judge('taste', rubric, { model: 'strong' });
  let asked = 0;
  const loop = titleLoop('retold', { stages: { main: { generate: model(), verify: [jury, taste, names] } } });
  const script = ({ model: who }: { model: string }): Scripted =>
    who === 'fake-1' ? { json: { title: `About owls ${(asked += 1)}`, confidence: 0.9 } } : says(asked > 1);
  const { run, model: fake } = await rig(
    { loops: [{ loop, harness: 'limits: { tokens: 1000 }' }], script },
    onTestFinished,
  );
  expect(await run('retold', owls)).toMatchObject({ outcome: 'accepted', attempts: 2 });
  expect(fake.seen.map(({ model: who }) => who).slice(0, 4)).toEqual(['fake-1', 'fake-2', 'fake-1', 'fake-2']);
  expect(fake.seen).toHaveLength(6);
});
