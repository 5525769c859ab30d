import { expect, test, vi } from 'vitest';
import { calibrateJudges } from '../../activities/judges/calibrate.ts';
import { Harness } from '../../contract/harness.ts';
import type { Status } from '../../contract/messages.ts';
import type { RunResult } from '../../contract/outcomes.ts';
import { judge, model } from '../../loops/define/index.ts';
import { good, names, titleLoop } from '../support/loops.ts';
import { labelled, taste } from '../support/labelled.ts';
import { rig } from '../support/rig.ts';

vi.setConfig({ testTimeout: 60_000 });

const rubric = { short: 'The title is short.' };
/** A loop whose judge's no is final. */
const loop = titleLoop('titles', { stages: { main: { generate: model(), verify: [names, judge('taste', rubric)] } } });
const says = (pass: boolean) => ({ json: { criteria: [{ name: 'short', pass, quote: 'About' }] } });

test('a judge that says yes to everything is demoted by what people refuse, its no asks a person then, and it comes back', async () => {
  let yes = true;
  const harness = 'approval: { when: "true" }\nlimits: { attempts: 2, tokens: 1000 }';
  const one = await rig({
    loops: [{ loop, harness }],
    script: ({ model: asked }) => (asked === 'fake-judge' ? says(yes) : good('owls')),
  });
  const { start, gate, store, rows } = one;
  const entry = { loop, harness: Harness.parse({}), folder: '' };
  const calibrated = () => calibrateJudges({ store, loops: new Map([[loop.name, entry]]), now: Date.now });
  let work = 0;
  const asked = async (): Promise<readonly [Status, (decision: object) => Promise<RunResult>]> => {
    const handle = await start('titles', { id: String((work += 1)), topic: 'owls' });
    const status = await gate(handle);
    return [
      status,
      async (decision) => {
        const by = { by: 'ada@example.com', digest: status.gateDigest };
        await handle.executeUpdate('decide', { args: [{ ...by, ...decision }] });
        return (await handle.result()) as RunResult;
      },
    ];
  };

  for (let refused = 0; refused < 3; refused += 1) {
    const [, decide] = await asked();
    expect(await decide({ decision: 'reject', note: 'No.' })).toMatchObject({ outcome: 'rejected' });
  }
  await calibrated();
  expect(await store.judgeRecords.newest('titles')).toMatchObject([{ standing: 'advisory' }]);

  // Its no is heard by a person, and takes no attempt.
  yes = false;
  const [status, decide] = await asked();
  expect(status.gateBecause).toBe('taste/short: advisory: "About"');
  // Demoted in the middle or promoted, a run goes on as it was opened.
  const labels = Array.from({ length: 100 }, (_, label) => {
    const [said, decision] = label % 2 === 0 ? (['pass', 'approve'] as const) : (['fail', 'reject'] as const);
    return { loop: 'titles', name: `label${label}`, at: Date.now(), criteria: [taste(said)], decision };
  });
  await Promise.all(labels.map((label) => labelled(store, label)));
  await calibrated();
  expect(await store.judgeRecords.newest('titles')).toMatchObject([{ standing: 'gating' }]);
  expect(await decide({ decision: 'approve' })).toMatchObject({ outcome: 'accepted', attempts: 1 });

  // Its word counts again: a no is a failed attempt, and nobody is asked.
  const again = await start('titles', { id: 'again', topic: 'owls' });
  expect((await again.result()) as RunResult).toMatchObject({ outcome: 'stalled' });
  expect(
    await rows(`select judges, count(*) as runs from runs where workflow_id like 'titles-test%' group by 1`),
  ).toEqual([
    { judges: null, runs: 4 },
    { judges: '{"advisory":["main/taste"]}', runs: 1 },
  ]);
});

test('in work that people look at anyway, the no of every judge asks them', async () => {
  const one = await rig({
    loops: [{ loop, harness: 'approval: { audit: 1 }\nlimits: { tokens: 1000 }' }],
    script: ({ model: asked }) => (asked === 'fake-judge' ? says(false) : good('owls')),
  });
  const handle = await one.start('titles', { id: '1', topic: 'owls' });
  const { gateBecause, gateDigest } = await one.gate(handle);
  expect(gateBecause).toBe('taste/short: audited: "About"');
  await handle.executeUpdate('decide', {
    args: [{ decision: 'reject', by: 'ada@example.com', note: 'Right.', digest: gateDigest }],
  });
  await handle.result();
  const { artefacts } = await one.store.judgeRecords.evidence('titles', 9);
  expect(artefacts).toMatchObject([{ ask: true, decided: { state: 'rejected', words: 'Right.' } }]);
  // A run of a case is no work: nobody looks at it.
  const trigger = { kind: 'eval', source: 'e1' };
  await one.run('titles', { id: '2', topic: 'owls' }, { dryRun: true, trigger });
  expect(await one.rows(`select judges from runs where trigger_kind = 'eval'`)).toEqual([{ judges: null }]);
});
