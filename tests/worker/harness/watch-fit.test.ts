import { expect, test } from 'vitest';
import type { LoopEntry } from '../../../activities/dependencies.ts';
import { Harness } from '../../../contract/harness.ts';
import { adoptHarness } from '../../../worker/adopt-harness.ts';
import { harnessesCheck } from '../../../worker/doctor/harnesses.ts';
import { watchFit } from '../../../worker/harness/watch-fit.ts';
import { candidateMistakes } from '../../../worker/load/candidate-mistakes.ts';
import { candidateOf, moving } from '../../store/samples.ts';
import { titleLoop } from '../../support/loops.ts';
import { openGateway } from '../../support/open-gateway.ts';
import { findings } from '../doctor/fixtures/settings.ts';

/** Each says what code that changed leaves behind. */
const OUTGROWN: readonly (readonly [string, object, RegExp])[] = [
  ['route', { routing: [{ model: 'clever' }] }, /no model route "clever"/],
  ['stage', { limits: { usdPerStage: { draft: 1 } } }, /no stage `draft`/],
  ['tool', { tools: [{ name: 'refund' }] }, /no effect `refund`/],
  ['verifier', { evals: [{ id: 'kind', kind: 'rubric', rubric: 'Is it kind?' }] }, /no stage has a judge/],
  ['rule', { approval: { when: 'input.amount > 100' } }, /no input of loop `triage` has a field `amount`/],
];

const models = new Map([['default', 'maker']]);

async function promoted(change: object) {
  const gateway = await openGateway();
  const { store, data } = gateway;
  const entry = (name: string, harness: object): LoopEntry => ({
    loop: titleLoop(name),
    harness: Harness.parse(harness),
    folder: name,
  });
  const loops = new Map([
    ['triage', entry('triage', {})],
    ['other', entry('other', {})],
  ]);
  for (const one of loops.values()) await adoptHarness(store, one, { at: 1 });
  const body = Harness.parse(change);
  await store.candidates.propose(candidateOf('sha256:c'), { body, digest: 'sha256:two' });
  await store.harnesses.promote({ ...moving('p'), version: 'v2', expected: 'v1', unproven: true });
  const said: string[] = [];
  const look = () =>
    watchFit({
      store,
      loops,
      harnessMistakes: (of, one) => candidateMistakes(of, one, models),
      report: (text) => void said.push(text),
      now: () => 2,
    });
  const examine = async () => {
    const found = async () => ({ names: [...loops.keys()], entries: [...loops.values()], mistakes: [], folders: [] });
    return (await findings([harnessesCheck({ data }, found, models)]))['harnesses']?.finding;
  };
  return { ...gateway, loops, entry, look, said, examine };
}

test.each(OUTGROWN)(
  'a %s that the code no longer has is told once, with the way back, and by doctor',
  async (_what, change, wrong) => {
    const { store, look, said, examine } = await promoted(change);
    await look();
    await look();
    expect(said).toEqual([expect.stringMatching(wrong)]);
    expect(said[0]).toMatch(/^triage runs on v2, which does not fit its code any more/);
    expect(said[0]).toContain('loopwright harness rollback triage --to v1 --reason');
    expect(await store.alerts.open()).toMatchObject([{ key: 'harness/triage', kind: 'harness', text: said[0] }]);
    expect(await examine()).toMatchObject({
      kind: 'fail',
      saw: expect.stringMatching(wrong) as unknown,
      command: expect.stringContaining('loopwright harness rollback triage --to v1') as unknown,
    });
  },
);

test('the alert is over when the loop went back, or its code has again what the version names', async () => {
  const { store, look, loops, entry, examine } = await promoted({
    evals: [{ id: 'a', kind: 'contains', field: 'subtitle', text: 'x' }],
  });
  await look();
  expect(await store.alerts.open()).toHaveLength(1);
  await store.harnesses.rollback({ ...moving('back'), expected: 'v2' });
  await look();
  expect(await store.alerts.open()).toEqual([]);
  expect(await examine()).toEqual({ kind: 'ok', saw: 'what each loop runs on fits its code' });

  await store.harnesses.promote({ ...moving('again'), version: 'v2', expected: 'v1', unproven: true });
  await look();
  expect(await store.alerts.open()).toHaveLength(1);
  // A file that changed replaces what was promoted.
  loops.set('triage', entry('triage', { instructions: 'Short.' }));
  expect(await examine()).toMatchObject({ kind: 'ok' });
  await adoptHarness(store, loops.get('triage') as LoopEntry, { at: 3 });
  await look();
  expect(await store.alerts.open()).toEqual([]);
});
