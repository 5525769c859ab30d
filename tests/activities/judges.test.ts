import { describe, expect, test } from 'vitest';
import { evaluate } from '../../activities/evaluate.ts';
import { calibrateJudges } from '../../activities/judges/calibrate.ts';
import { judgesIn } from '../../activities/judges/in-run.ts';
import type { AutonomyLevel } from '../../contract/autonomy.ts';
import { Harness } from '../../contract/harness.ts';
import type { JudgesInRun } from '../../contract/run.ts';
import { judge, model, pairwise, panel, type Loop, type Verifier } from '../../loops/define/index.ts';
import { digestOf } from '../../store/index.ts';
import type { Script } from '../support/fake-openai.ts';
import { labelled, taste as tasted } from '../support/labelled.ts';
import { names, taste, titleLoop, type Input, type Output } from '../support/loops.ts';
import { workbench, type Workbench } from './workbench.ts';

const says = (pass: boolean) => ({ json: { criteria: [{ name: 'short', pass, quote: 'About' }] } });

const bench = (script: Script = [], ...verify: Verifier<Input, Output>[]): Promise<Workbench> => {
  const loop = titleLoop('titles', {
    stages: { main: { generate: model(), verify: verify.length === 0 ? [names, taste] : verify } },
  });
  return workbench({ loop, script });
};

let clock = 0;

/** Puts labelled artefacts on record: what the judge said, whether people took it, and whether they would have seen it anyway. */
async function decided(
  made: Workbench,
  count: number,
  ...kinds: [said: 'pass' | 'fail', taken: boolean, even: boolean][]
) {
  const all = Array.from({ length: count }, () => kinds).flat();
  const labels = all.map(([said, taken, even]) => {
    const at = (clock += 10);
    const decision = taken ? 'approve' : 'reject';
    return { loop: 'titles', name: `n${at}`, at, criteria: [tasted(said, even)], decision } as const;
  });
  await Promise.all(labels.map((label) => labelled(made.store, label)));
}

describe('a judge that says yes to everything', () => {
  test('is advisory once people have refused three times, with an alert and a line on the audit log, and comes back by good figures', async () => {
    const made = await bench();
    const { store } = made;
    const standing = async () => {
      await calibrateJudges(made.deps);
      const [newest] = await store.judgeRecords.newest('titles');
      return [newest?.standing, (await store.alerts.open()).map(({ key }) => key)];
    };
    await decided(made, 2, ['pass', false, false], ['pass', true, false]);
    expect(await standing()).toEqual([undefined, []]);
    await decided(made, 1, ['pass', false, false]);
    expect(await standing()).toEqual(['advisory', ['judge:titles/main/taste']]);
    expect(await standing()).toEqual(['advisory', ['judge:titles/main/taste']]);
    const [alert] = await store.alerts.open();
    expect(alert?.text).toMatch(/^it held what people did not take 0 of 3 times.*`loopwright judges titles`/);
    await decided(made, 50, ['pass', true, true], ['fail', false, true]);
    expect(await standing()).toEqual(['gating', []]);
    expect(await store.audit.newest({ kind: 'judge', limit: 9 })).toHaveLength(2);
  });
});

test('a judge whose no was an opinion from the first raises no alert: nothing changes for its loop', async () => {
  const made = await bench([], names, judge('taste', taste.rubric, { opinion: true }));
  await decided(made, 3, ['pass', false, true]);
  await calibrateJudges(made.deps);
  expect(await made.store.judgeRecords.newest('titles')).toMatchObject([{ standing: 'advisory' }]);
  expect(await made.store.alerts.open()).toEqual([]);
});

test('people see noes of a share of the work, one that autonomy asks them to look at as a whole too', async () => {
  const made = await bench();
  const loop = made.deps.loops.get('titles')?.loop as Loop;
  const audited = async (autonomy?: AutonomyLevel): Promise<number> => {
    const opening = { trigger: { kind: 'manual' }, ...(autonomy === undefined ? {} : { autonomy }) } as const;
    const keys = Array.from({ length: 400 }, (_, index) => `titles/${index}`);
    const inRun = (workKey: string) => judgesIn(made.deps, loop, Harness.parse({}), { ...opening, workKey });
    return (await Promise.all(keys.map(inRun))).filter(({ judges }) => judges?.audited).length;
  };
  expect(await audited()).toBe(0);
  expect(await audited('L2')).toBe(await audited('L3'));
  expect(await audited('L2')).toBeGreaterThan(5);
  expect(await audited('L2')).toBeLessThan(40);
});

async function judged(made: Workbench, judges: JudgesInRun, runKey = 'r1') {
  const text = JSON.stringify({ title: 'About owls', confidence: 0.9 });
  const at = { runKey, stage: 'main#1', attempt: 1, author: 'model:fake-1', at: 1 };
  await made.store.attempts.add(at, text);
  const request = { stage: 'main#1', attempt: 1, earlier: {}, artefact: digestOf(text) };
  const found = await made.within(() => evaluate(made.deps, { ...request, run: { ...made.run, runKey, judges } }));
  return found.verdict;
}

test.each([
  ['was found wanting', { advisory: ['main/taste'] }, 'advisory: "About"'],
  ['is looked at by people', { advisory: [], audited: true }, 'audited: "About"'],
] as const)('the no of a judge that %s is an opinion, and says why', async (_what, judges, evidence) => {
  const made = await bench([says(false)]);
  expect((await judged(made, judges)).criteria.at(-1)).toEqual({
    name: 'taste/short',
    verdict: 'fail',
    evidence,
    opinion: true,
  });
});

test('one of another stage weighs as its loop says', async () => {
  const made = await bench([says(false)]);
  const found = await judged(made, { advisory: ['draft/taste'] });
  expect(found.criteria.at(-1)).toEqual({ name: 'taste/short', verdict: 'fail', evidence: '"About"' });
});

describe('a trap', () => {
  const calls = async (made: Workbench) => (await made.ledger()).map(({ call, state }) => [call, state]);

  test('is put before a judge beside the work that people look at, is paid by it, and counts in place of what the judge had said', async () => {
    const made = await bench([says(true), says(true), says(true)]);
    await decided(made, 1, ['fail', false, true], ['fail', true, true], ['pass', false, false]);
    expect(await judged(made, { advisory: [], audited: true })).toMatchObject({ verdict: 'pass' });
    expect(await calls(made)).toEqual([
      ['judge:taste', 'settled'],
      ['judge:taste~trap', 'settled'],
    ]);
    // It cannot tell which is which.
    const [work, trap] = made.model.seen;
    expect(trap?.input.replaceAll(/n\d+/g, 'owls')).toBe(work?.input.replaceAll('"id":"1"', '"id":"owls"'));
    expect((await made.store.judgeRecords.evidence('titles', 9)).answers).toMatchObject([
      { kind: 'refused', stage: 'main', judge: 'taste', letThrough: true, asked: 'r1' },
    ]);
    // Once: nothing else that people refused was seen by them whatever the judge said.
    await judged(made, { advisory: [], audited: true }, 'r2');
    expect(made.model.seen).toHaveLength(3);
  });

  test('is for work that people look at only', async () => {
    const made = await bench([says(true)]);
    await decided(made, 1, ['fail', false, true]);
    await judged(made, { advisory: ['main/taste'] });
    expect(made.model.seen).toHaveLength(1);
  });

  test('that fails changes nothing for the work, and is put again another time', async () => {
    const made = await bench([says(true), { status: 500 }]);
    await decided(made, 1, ['fail', false, true]);
    expect(await judged(made, { advisory: [], audited: true })).toMatchObject({ verdict: 'pass' });
    expect((await made.store.judgeRecords.evidence('titles', 9)).answers).toEqual([]);
  });

  test('is put before panels too, and before no comparison', async () => {
    const jury = panel('jury', taste.rubric, { models: ['judge', 'second'] });
    const better = pairwise<Input>('better', { apt: 'Which is apt?' }, { baseline: () => 'Owls' });
    const apt = { json: { criteria: [{ name: 'apt', better: 'neither', quote: '' }] } };
    const made = await bench((seen) => (seen.input.includes('- apt') ? apt : says(true)), names, jury, better);
    await decided(made, 1, ['pass', false, true]);
    await judged(made, { advisory: [], audited: true });
    expect((await calls(made)).map(([call]) => call)).toEqual([
      'panel:jury~judge',
      'panel:jury~second',
      'pairwise:better~first',
      'pairwise:better~second',
      'panel:jury~judge~trap',
      'panel:jury~second~trap',
    ]);
  });
});

describe('an accepted artefact under the input of other work', () => {
  const lone = (readsInput?: boolean, ...beside: Verifier<Input, Output>[]) =>
    workbench({
      loop: titleLoop('titles', {
        expects: ({ title }) => ({ title }),
        stages: {
          main: {
            generate: model(),
            verify: [...beside, judge('taste', taste.rubric, readsInput === undefined ? {} : { readsInput })],
          },
        },
      }),
      script: [says(true), says(true), says(true)],
    });
  const accept = async (made: Workbench) => {
    for (const name of ['night owls of the north', 'der Bau einer Brücke'])
      await labelled(made.store, {
        loop: 'titles',
        name,
        at: (clock += 10),
        criteria: [tasted('pass')],
        decision: 'approve',
      });
  };
  const kinds = async (made: Workbench) =>
    (await made.store.judgeRecords.evidence('titles', 9)).answers.map(({ kind }) => kind);

  test('is put before a judge that stands alone, once, and is told apart on record', async () => {
    const made = await lone();
    await accept(made);
    await judged(made, { advisory: [], audited: true });
    expect((await made.ledger()).map(({ call }) => call)).toEqual(['judge:taste', 'judge:taste~swap']);
    const [, swap] = made.model.seen;
    const [first, second] = ['night owls of the north', 'der Bau einer Brücke'];
    const [from, to] = swap?.input.includes(`About ${first}`) === true ? [first, second] : [second, first];
    expect(swap?.input).toContain(`"title":"About ${from}"`);
    expect(swap?.input).toContain(`"topic":"${to}"`);
    expect((await made.store.judgeRecords.evidence('titles', 9)).answers).toMatchObject([
      { kind: 'swapped', runKey: `titles/${from}`, inputOf: `titles/${to}`, letThrough: true, asked: 'r1' },
    ]);
  });

  test('is put only where no artefact that people refused is left: those are the better question', async () => {
    const made = await lone();
    await accept(made);
    await decided(made, 1, ['fail', false, true]);
    await judged(made, { advisory: [], audited: true });
    expect(await kinds(made)).toEqual(['refused']);
  });

  test('is put before no judge that does not read the input, which it is not shown either', async () => {
    const made = await lone(false);
    await accept(made);
    await judged(made, { advisory: [], audited: true });
    expect(await kinds(made)).toEqual([]);
    expect(made.model.seen.map(({ input }) => input.includes('"topic"'))).toEqual([false]);
  });

  test('is put before a judge beside a check only where it says that this is its matter', async () => {
    const silent = await lone(undefined, names);
    await accept(silent);
    await judged(silent, { advisory: [], audited: true });
    expect(await kinds(silent)).toEqual([]);
    const declared = await lone(true, names);
    await accept(declared);
    await judged(declared, { advisory: [], audited: true });
    expect(await kinds(declared)).toEqual(['swapped']);
  });
});
