import { expect, test } from 'vitest';
import type { KeptCase } from '../../contract/case.ts';
import type { RunResult } from '../../contract/outcomes.ts';
import type { Proposal } from '../../contract/proposal.ts';
import { parseHarness } from '../../worker/load/harness.ts';
import type { Scripted, Seen } from '../support/fake-openai.ts';
import { titleLoop } from '../support/loops.ts';
import { rig, until, type Rig } from '../support/rig.ts';

/** The world: whether a topic is well done by a version, by the word that its instructions carry. */
interface World {
  right: (instructions: string, topic: string) => boolean;
}

const topicsOf = (kind: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${kind}${n}`);

const caseOf = (topic: string, more: Partial<KeptCase>): KeptCase => ({
  loop: 'writeTitle',
  id: topic,
  input: { id: topic, topic },
  expect: { title: `Right ${topic}` },
  slice: 'guard',
  related: topic,
  source: 'edit',
  sealed: true,
  at: 1,
  ...more,
});

const harnessWith = (instructions: string) =>
  parseHarness(`{ instructions: '${instructions}', limits: { attempts: 1, usdPerDay: 100 } }`, 'harness.yaml');

async function improvable(world: World): Promise<Rig> {
  const script = (seen: Seen): Scripted => {
    const topic = /(?:owl|fox|late)\d+/.exec(JSON.stringify(seen))?.[0] ?? '';
    const right = world.right(JSON.stringify(seen), topic);
    return { json: { title: `${right ? 'Right' : 'Wrong'} ${topic}`, confidence: 0.9 } };
  };
  const loop = titleLoop();
  const one = await rig({
    loops: [{ loop, harness: JSON.stringify(harnessWith('PLAIN')) }],
    script,
    improves: true,
  });
  await one.store.cases.add([
    ...topicsOf('owl', 30).map((topic) => caseOf(topic, { cluster: 'owls' })),
    ...topicsOf('fox', 40).map((topic) => caseOf(topic, {})),
  ]);
  return one;
}

const improveWith = (candidate: unknown) => ({
  loop: 'writeTitle',
  cluster: 'owls',
  candidate,
  by: 'ada',
  everyMinutes: 0.002,
  waitDays: 0,
});

test(
  'a good change is promoted, a bad one refused, and what does harm later is rolled back',
  { timeout: 120_000 },
  async () => {
    const world: World = {
      right: (said, topic) =>
        said.includes('OWLWISE') ? true : said.includes('RECKLESS') ? topic.startsWith('owl') : topic.startsWith('fox'),
    };
    const one = await improvable(world);
    const bad = (await one.run('improve', improveWith(harnessWith('RECKLESS')))) as RunResult;
    expect([bad.outcome, bad.reason]).toEqual(['exhausted', expect.stringContaining('Does harm elsewhere')]);
    expect(await one.store.candidates.ofVersion('writeTitle', 'v2')).toMatchObject({ state: 'refuted' });

    const handle = await one.start('improve', improveWith(harnessWith('OWLWISE')));
    const status = await one.gate(handle);
    await handle.signal('approve', { by: 'ada@example.com', digest: status.gateDigest });
    const good = (await handle.result()) as RunResult;
    expect(good.outcome).toBe('accepted');
    const proposal = good.output as Proposal;
    expect(proposal).toMatchObject({ standing: 'proven', kind: 'instruction', breaks: [], version: 'v3', base: 'v1' });
    expect(proposal.e).toBeGreaterThanOrEqual(20);
    expect(await one.store.harnesses.current('writeTitle')).toMatchObject({ version: 3, promoted: true });

    // The world changes: on new cases the old version is right, and the new one is not.
    world.right = (said) => !said.includes('OWLWISE');
    await one.store.cases.add(topicsOf('late', 30).map((topic) => caseOf(topic, { at: Date.now() + 1000 })));
    await until(
      () => one.store.harnesses.current('writeTitle'),
      (current) => current?.version === 1,
      60_000,
    );
    expect((await one.store.harnesses.moves('writeTitle', 10)).map(({ kind, to }) => [kind, to])).toEqual([
      ['rollback', 'v1'],
      ['promotion', 'v3'],
      ['file', 'v1'],
    ]);
    expect(await one.store.candidates.ofVersion('writeTitle', 'v3')).toMatchObject({ state: 'rolledBack' });
  },
);
