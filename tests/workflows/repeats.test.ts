import { expect, test } from 'vitest';
import { improveRepeats } from '../../activities/improve/repeats.ts';
import { IMPROVE } from '../../contract/names.ts';
import type { RunResult } from '../../contract/outcomes.ts';
import { parseHarness } from '../../worker/load/harness.ts';
import { runStarter } from '../../worker/run-starter.ts';
import { good, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

test('a cluster that repeats starts improve, once for each time that it has repeated often enough', async () => {
  const loop = titleLoop();
  const harness = 'approval: { when: "true" }';
  const one = await rig({ loops: [{ loop, harness }], script: () => good('owls'), improves: true });
  const reject = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      const run = await one.start(loop.name, { id, topic: 'owls' });
      await one.gate(run);
      await run.signal('reject', { by: 'ada@example.com', note: 'The tone is wrong.' });
      await run.result();
    }
  };
  const deps = {
    store: one.store,
    loops: new Map([[loop.name, { loop, harness: parseHarness(harness, 'harness.yaml'), folder: one.folder }]]),
    starter: runStarter(one.client),
    now: Date.now,
    report: () => {},
  };
  const look = () => improveRepeats(deps, { repeats: 2, budgetUsd: 1 }, one.taskQueue);
  await reject(['1']);
  expect(await look()).toEqual([]);
  await reject(['2']);
  const [first = ''] = await look();
  expect(first).toMatch(new RegExp(`^${IMPROVE}-${loop.name}-[0-9a-f]{8}-1$`));
  // Two of a kind are no pattern for any proposer; the run says so.
  expect(((await (await one.adopt(first)).result()) as RunResult).outcome).toBe('noWork');
  expect(await look()).toEqual([]);
  await reject(['3', '4']);
  const second = first.replace(/1$/, '2');
  expect(await look()).toEqual([second]);
  // Whatever comes of it: one run of a loop at a time.
  expect(await look()).toEqual([]);
  await one.client.workflow
    .getHandle(second)
    .terminate()
    .catch(() => {});
});
