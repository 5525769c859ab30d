import { expect, test } from 'vitest';
import type { KeptCase } from '../../../contract/case.ts';
import type { RunResult } from '../../../contract/outcomes.ts';
import type { Proposal } from '../../../contract/proposal.ts';
import { parseHarness } from '../../../worker/load/harness.ts';
import { dashboard } from '../../support/dashboard.ts';
import type { Scripted, Seen } from '../../support/fake-openai.ts';
import { titleLoop } from '../../support/loops.ts';
import { until } from '../../support/rig.ts';

/** The world: whether a topic is well done by a version, by the word that its instructions carry. */
interface World {
  right: (instructions: string, topic: string) => boolean;
}

const LEARNING = '/loops/writeTitle/learning';

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

async function improvable(world: World) {
  const script = (seen: Seen): Scripted => {
    const topic = /(?:owl|fox|late)\d+/.exec(JSON.stringify(seen))?.[0] ?? '';
    const right = world.right(JSON.stringify(seen), topic);
    return { json: { title: `${right ? 'Right' : 'Wrong'} ${topic}`, confidence: 0.9 } };
  };
  const one = await dashboard({
    loops: [{ loop: titleLoop(), harness: JSON.stringify(harnessWith('PLAIN')) }],
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
  'a bad change is refused, a good one promoted by who sees what it breaks, and what does harm later is rolled back: on the pages too',
  { timeout: 240_000 },
  async () => {
    const world: World = {
      right: (said, topic) =>
        said.includes('OWLWISE') ? true : said.includes('RECKLESS') ? topic.startsWith('owl') : topic.startsWith('fox'),
    };
    const { store, windowOf, run, start, adopt } = await improvable(world);
    const window = await windowOf('ada@example.com');
    const [page, deciding] = await Promise.all([window.newPage(), window.newPage()]);

    await deciding.goto('/');
    await page.goto(LEARNING);
    await page.getByText('not known: it has no baseline').waitFor();
    const bad = (await run('improve', improveWith(harnessWith('RECKLESS')))) as RunResult;
    expect([bad.outcome, bad.reason]).toEqual(['exhausted', expect.stringContaining('Does harm elsewhere')]);
    expect(await store.candidates.ofVersion('writeTitle', 'v2')).toMatchObject({ state: 'refuted' });
    // The page is open since before: it hears of it.
    const candidates = page.getByRole('region', { name: 'Changes that were proposed' });
    await candidates.getByText(/Does harm elsewhere: \d+ fixes?, \d+ breaks/).waitFor();

    const handle = await start('improve', improveWith(harnessWith('OWLWISE')));
    // So is the inbox, which hears that somebody has to decide.
    await deciding.getByRole('link', { name: /writeTitle/ }).click({ timeout: 60_000 });
    const what = deciding.getByRole('region', { name: 'What will happen' });
    expect(await what.locator('del').textContent()).toBe('PLAIN');
    expect(await what.locator('ins').textContent()).toBe('OWLWISE');
    await what.getByText('None of the cases that were tried').waitFor();
    expect(await what.getByText(/^E \d+, and 20 proves a change of this kind/).count()).toBe(1);
    expect(await deciding.getByRole('link', { name: 'Edit' }).count()).toBe(0);
    await deciding.getByRole('button', { name: 'Approve' }).click();
    await deciding.waitForURL(/done=approved/);
    const good = (await handle.result()) as RunResult;
    expect(good.outcome).toBe('accepted');
    const proposal = good.output as Proposal;
    expect(proposal).toMatchObject({ standing: 'proven', kind: 'instruction', breaks: [], version: 'v3', base: 'v1' });
    expect(proposal.e).toBeGreaterThanOrEqual(20);
    expect(await store.harnesses.current('writeTitle')).toMatchObject({ version: 3, promoted: true });
    const moves = page.getByRole('region', { name: 'Promotions and rollbacks' });
    await moves.getByText(/promoted\s+v1 → v3\s+E \d/).waitFor();

    // The world changes: on new cases the old version is right, and the new one is not.
    world.right = (said) => !said.includes('OWLWISE');
    await store.cases.add(topicsOf('late', 30).map((topic) => caseOf(topic, { at: Date.now() + 1000 })));
    await until(
      () => store.harnesses.current('writeTitle'),
      (current) => current?.version === 1,
      60_000,
    );
    expect((await store.harnesses.moves('writeTitle', 10)).map(({ kind, to }) => [kind, to])).toEqual([
      ['rollback', 'v1'],
      ['promotion', 'v3'],
      ['file', 'v1'],
    ]);
    expect(await store.candidates.ofVersion('writeTitle', 'v3')).toMatchObject({ state: 'rolledBack' });
    await moves.getByText(/taken back\s+v3 → v1/).waitFor();
    await page.getByRole('link', { name: 'Watch of v3 against v1' }).click();
    await page.getByText(/^Does harm: 0 fixes, \d+ breaks/).waitFor();
    const changed = page.getByRole('region', { name: 'Cases that changed or did not pass' });
    await changed.getByRole('link', { name: /^late/ }).first().click();
    await page.getByText('by an experiment').waitFor();

    await page.goto(LEARNING);
    await page.getByRole('button', { name: 'Improve' }).click();
    await page.waitForURL(/\/runs\/improve-writeTitle-/);
    const nothing = await adopt(decodeURIComponent(new URL(page.url()).pathname.replace('/runs/', '')));
    expect(await nothing.result()).toMatchObject({ outcome: 'noWork' });
    await page.getByText('no work').waitFor();
  },
);
