import { expect, test } from 'vitest';
import { governLessons } from '../../activities/govern-lessons.ts';
import { lessons, model } from '../../loops/define/index.ts';
import type { EvalStatus } from '../../workflows/evaluate-harness.ts';
import type { Seen } from '../support/fake-openai.ts';
import { names, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';
import { caseOf, lessonOf, runOf } from '../store/samples.ts';

test(
  'a lesson that does harm is found by runs with and without it, and no later run knows it',
  { timeout: 60_000 },
  async () => {
    const loop = titleLoop('writeTitle', {
      stages: { main: { context: [lessons({ limit: 3 })], generate: model(), verify: [names] } },
    });
    const script = (seen: Seen) => {
      const said = JSON.stringify(seen);
      const topic = /owl\d/.exec(said)?.[0] ?? '';
      return { json: { title: said.includes('POISON') ? `Poisoned ${topic}` : `Right ${topic}`, confidence: 0.9 } };
    };
    const { store, start } = await rig({
      loops: [{ loop, harness: '{ limits: { attempts: 1, usdPerDay: 100 } }' }],
      script,
    });
    await store.runs.open(runOf('past', { loop: 'writeTitle' }));
    const poison = {
      ...lessonOf('past', 'poison'),
      loop: 'writeTitle',
      output: { title: 'POISON' },
      input: { topic: 'owl' },
    };
    await store.runs.close({ runKey: 'past', outcome: 'accepted', reason: '', closedAt: 2, lessons: [poison] });
    await store.cases.add(
      [1, 2, 3, 4, 5, 6].map((n) =>
        caseOf(`owl${n}`, {
          loop: 'writeTitle',
          input: { id: `${n}`, topic: `owl${n}` },
          expect: { title: `Right owl${n}` },
        }),
      ),
    );
    const handle = await start('evaluateHarness', { loop: 'writeTitle', lesson: 1 });
    expect(await handle.result()).toMatchObject({ standing: 'refuted' } satisfies Partial<EvalStatus>);
    await governLessons({ store, now: () => 5 }, 'writeTitle');
    expect(await store.lessonStates.find('writeTitle', 1)).toMatchObject({ state: 'retired', harmful: 6 });
    expect(await store.runs.list({ loop: 'writeTitle', limit: 50 })).toMatchObject({ runs: { length: 1 } });
  },
);
