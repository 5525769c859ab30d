import { expect, test } from 'vitest';
import { bad, good, titleLoop } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';

test('a route that lets two through at once never has three, however many runs there are', async () => {
  let inFlight = 0;
  let most = 0;
  const { run, model } = await rig({
    loops: [{ loop: titleLoop() }],
    limits: { concurrent: 2 },
    script: () => {
      most = Math.max(most, (inFlight += 1));
      const done = new Promise((resolve) => setTimeout(resolve, 150)).then(() => (inFlight -= 1));
      return { after: done, answer: good('owls') };
    },
  });
  const runs = Array.from({ length: 8 }, (_, index) => run('writeTitle', { id: String(index), topic: 'owls' }));
  const results = await Promise.all(runs);
  expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true);
  expect(model.seen).toHaveLength(8);
  expect(most).toBe(2);
});

test('later attempts go to the queue of their route at once, and what a person waits for goes first', async () => {
  const { start, gate, model } = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "true" }' }],
    limits: { concurrent: 1 },
    script: [bad(), good('owls'), good('owls, again')],
  });
  const handle = await start('writeTitle', { id: '1', topic: 'owls' });
  const { gateDigest } = await gate(handle);
  await handle.signal('revise', { by: 'ada', feedback: 'again' });
  await gate(handle, gateDigest);
  await handle.signal('stop', { by: 'ada', reason: 'enough' });
  await handle.result();
  const { events } = await handle.fetchHistory();
  const asked = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === 'generate'
      ? [
          {
            queue: scheduled.taskQueue?.name?.endsWith('-model-default') === true,
            goesBack: Number(scheduled.scheduleToStartTimeout?.seconds) === 900,
            first: scheduled.priority?.priorityKey ?? 0,
          },
        ]
      : [],
  );
  expect(asked).toEqual([
    { queue: false, goesBack: false, first: 0 },
    { queue: true, goesBack: true, first: 0 },
    { queue: true, goesBack: true, first: 0 },
    // After a person was waited for the route is asked for anew: its limits may be gone.
    { queue: false, goesBack: false, first: 1 },
    { queue: true, goesBack: true, first: 1 },
  ]);
  expect(model.seen).toHaveLength(3);
});

test('a proposal is made on the queue of its route, as every call is', async () => {
  // Half of what they become is sealed from whoever proposes.
  const topics = ['owls', 'night trains', 'apple pie', 'grey seals', 'red bricks'];
  const loop = titleLoop();
  const { start, gate, run, rows, model, adopt } = await rig({
    loops: [{ loop, harness: 'approval: { when: "true" }' }],
    improves: true,
    proposer: { concurrent: 1 },
    script: ({ model: asked, input }) =>
      asked === 'fake-2' ? { json: {} } : good(topics.find((topic) => input.includes(topic)) ?? ''),
  });
  for (const topic of topics) {
    const handle = await start(loop.name, { id: topic, topic });
    await gate(handle);
    await handle.signal('reject', { by: 'ada', note: 'The tone is wrong.' });
    await handle.result();
  }
  expect(await run('improve', { loop: loop.name, kinds: ['eval'] })).toMatchObject({ outcome: 'noWork' });
  expect(model.seen.filter((seen) => seen.model === 'fake-2')).toHaveLength(2);
  const [improved] = await rows("select workflow_id as id from runs where loop = 'improve'");
  const { events } = await (await adopt(String(improved?.['id']))).fetchHistory();
  const queues = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === 'propose' ? [scheduled.taskQueue?.name?.endsWith('-model-proposer')] : [],
  );
  expect(queues).toEqual([false, true]);
});

test('a route that lets so many through a minute spreads them out', async () => {
  const { run, model } = await rig({
    loops: [{ loop: titleLoop() }],
    limits: { perMinute: 240 },
    script: () => good('owls'),
  });
  const begun = performance.now();
  const all = Promise.all(
    Array.from({ length: 7 }, (_, index) => run('writeTitle', { id: String(index), topic: 'owls' })),
  );
  await until(
    () => Promise.resolve(model.seen.length),
    (seen) => seen === 7,
  );
  // Four a second, after a burst of what the server lets through at first.
  expect(performance.now() - begun).toBeGreaterThan(700);
  await all;
});
