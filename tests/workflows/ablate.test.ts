import { expect, test } from 'vitest';
import { governLessons } from '../../activities/govern-lessons.ts';
import { LessonIndex } from '../../activities/lesson-index.ts';
import { nextAblation } from '../../activities/experiments/next-ablation.ts';
import { lessons, model } from '../../loops/define/index.ts';
import { ablateLessons } from '../../worker/ablate-lessons.ts';
import type { Seen } from '../support/fake-openai.ts';
import { names, titleLoop } from '../support/loops.ts';
import { rig, type Rig } from '../support/rig.ts';
import { caseOf, lessonOf, runOf } from '../store/samples.ts';

const DAY = 86_400_000;
/** Of owls, one lesson makes every answer wrong; of crows, one makes them right. No case is like the third. */
async function misled(
  name: string,
): Promise<Rig & { look: (day: number) => Promise<readonly string[]>; told: string[] }> {
  const loop = titleLoop(name, {
    stages: { main: { context: [lessons({ limit: 1 })], generate: model(), verify: [names] } },
  });
  const script = (seen: Seen) => {
    const said = JSON.stringify(seen);
    const topic = /(owl|crow)\d/.exec(said)?.[0] ?? '';
    const right = topic.startsWith('owl') ? !said.includes('POISON') : said.includes('HINT');
    return { json: { title: `${right ? 'Right' : 'Wrong'} ${topic}`, confidence: 0.9 } };
  };
  const one = await rig({ loops: [{ loop, harness: '{ limits: { attempts: 1, usdPerDay: 20 } }' }], script });
  const { store } = one;
  await store.runs.open(runOf('past', { loop: name }));
  const learnt = [
    ['POISON', 'owl'],
    ['HINT', 'crow'],
    ['NEWT', 'a newt in the pond'],
  ].map(([title, topic]) => ({
    ...lessonOf('past', title ?? ''),
    loop: name,
    output: { title },
    input: { id: title, topic },
  }));
  await store.runs.close({ runKey: 'past', outcome: 'accepted', reason: '', closedAt: 2, lessons: learnt });
  const kinds = ['owl', 'crow'].flatMap((kind) => [1, 2, 3, 4, 5, 6].map((n) => `${kind}${n}`));
  await store.cases.add(
    kinds.map((topic) =>
      caseOf(topic, { loop: name, input: { id: topic, topic }, expect: { title: `Right ${topic}` } }),
    ),
  );
  const told: string[] = [];
  const look = (day: number) =>
    ablateLessons({ ...one.deps, now: () => day * DAY, report: (text) => void told.push(text) }, one.client, {
      settings: { perDay: 1, budgetUsd: 3 },
      taskQueue: one.taskQueue,
    });
  return { ...one, look, told };
}

test(
  'lessons are tried by themselves, one a day: what does harm is retired, what helps is kept, what no case would be shown costs nothing',
  {
    timeout: 90_000,
  },
  async () => {
    const { store, adopt, look, told, rows } = await misled('writeTitle');
    const found = new Map<string, unknown>();
    for (const day of [1, 2]) {
      const [started = ''] = await look(day);
      expect(started).toMatch(/^ablation-writeTitle-[12]-1$/);
      found.set(started, await (await adopt(started)).result());
      await governLessons({ store, now: () => day * DAY }, 'writeTitle');
      expect(await look(day)).toEqual([]);
    }
    expect(Object.fromEntries(found)).toMatchObject({
      'ablation-writeTitle-1-1': { standing: 'refuted' },
      'ablation-writeTitle-2-1': { standing: 'proven' },
    });
    expect(await store.lessonStates.find('writeTitle', 1)).toMatchObject({
      state: 'retired',
      changedBy: 'loopwright',
      harmful: 6,
      tried: { experiment: 'ablation-writeTitle-1-1', harness: 'v1', state: 'closed', standing: 'refuted' },
    });
    expect(await store.lessonStates.find('writeTitle', 2)).toMatchObject({
      state: 'active',
      helpful: 6,
      harmful: 0,
      tried: { experiment: 'ablation-writeTitle-2-1', standing: 'proven' },
    });
    // Only cases whose runs would be shown the lesson were run, and what they cost is in the ledger.
    const ran = 'select group_concat(distinct substr(case_id, 1, 3)) as kinds, count(*) as n from grades';
    expect(await rows(`${ran} where case_id not like 'c-%' and experiment like '%-1-1'`)).toEqual([
      { kinds: 'owl', n: 12 },
    ]);
    const [booked] = await rows('select sum(booked) as cost from ledger');
    expect(await rows('select sum(cost) as cost from grades')).toEqual([booked]);
    expect(await look(3)).toEqual([]);
    expect(await look(3)).toEqual([]);
    expect(told.filter((line) => !line.includes('started'))).toEqual([
      'writeTitle: there is no lesson to try just now. Runs know 1 known to help v1; 1 shown to the runs of fewer than 5 different cases.',
    ]);
  },
);

test(
  'whoever is killed when, one ablation of a loop is started, once; one whose workflow was ended is over',
  {
    timeout: 60_000,
  },
  async () => {
    const { store, deps, client, taskQueue, adopt, rows } = await misled('titleAnew');
    const settings = { perDay: 5, budgetUsd: 3 };
    const at = { ...deps, now: () => DAY };
    // On record, and killed before it was started.
    const recorded = (await nextAblation(at, 'titleAnew', settings)) ?? { id: '', budgetMicroUsd: 0 };
    expect(recorded.budgetMicroUsd).toBe(2_000_000);
    expect(await rows('select id from experiments')).toEqual([{ id: recorded.id }]);
    // Another process, which remembers nothing, and two looks at once. Nobody works on that queue.
    const anew = { ...at, store: { ...store }, lessons: new LessonIndex(store.lessons) };
    const again = (queue: string) => ablateLessons(anew, client, { settings, taskQueue: queue });
    const away = `${taskQueue}-away`;
    expect((await Promise.all([again(away), again(away)])).flat()).toEqual([]);
    expect(await again(away)).toEqual([]);
    await client.workflow.getHandle(recorded.id).terminate('a person has had enough');
    const [next = ''] = await again(taskQueue);
    expect(next).toMatch(/^ablation-titleAnew-[12]-1$/);
    expect(next).not.toBe(recorded.id);
    expect(await rows(`select state, standing from experiments where id = '${recorded.id}'`)).toEqual([
      { state: 'closed', standing: 'inconclusive' },
    ]);
    await (await adopt(next)).result();
    expect(await ablateLessons(anew, client, { settings: { ...settings, perDay: 0 }, taskQueue })).toEqual([]);
    expect(await rows("select count(*) as n from experiments where kind = 'ablation'")).toEqual([{ n: 2 }]);
  },
);
