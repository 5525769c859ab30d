import { expect, test } from 'vitest';
import { documents, model, source } from '../../loops/define/index.ts';
import type { Input } from '../support/loops.ts';
import { bad, good, names, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };

test('where the same answer comes again another model is asked, and the record says why', async () => {
  const {
    run,
    rows,
    model: server,
  } = await rig({
    loops: [{ loop: titleLoop(), harness: 'routing: [{ when: "attempt > 9", model: strong }, { model: default }]' }],
    script: [bad('Same'), bad('Same'), good('owls')],
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted', attempts: 3 });
  expect(server.seen.map((seen) => seen.model)).toEqual(['fake-1', 'fake-1', 'fake-2']);
  expect(await rows('select attempt, strategy, strategy_because as because from attempts order by attempt')).toEqual([
    { attempt: 1, strategy: null, because: null },
    { attempt: 2, strategy: null, because: null },
    { attempt: 3, strategy: 'route', because: 'repeat: the same answer came again after feedback' },
  ]);
});

test('one change of strategy is made, and then the stop names the rule and what was tried', async () => {
  const { run, model: server } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { attempts: 9 }' }],
    script: [bad('Same'), bad('Same'), bad('Same')],
  });
  const result = await run('writeTitle', owls);
  expect(result).toMatchObject({ outcome: 'stalled', attempts: 3 });
  expect(result.reason).toBe(
    'No progress by the rule `repeat`, the same answer came again after feedback, also after it was asked for more variety ' +
      '(tried because of repeat: the same answer came again after feedback): names-the-topic: "Same" lacks "owls"',
  );
  expect(server.seen.map(({ temperature }) => temperature)).toEqual([undefined, undefined, 1.3]);
});

test('a stripped context is the input and the findings, without parts and examples', async () => {
  const secret = source<Input>({
    name: 'wiki',
    trust: 'untrusted',
    why: 'a distraction',
    fetch: async () => [{ text: 'Everything is a trap.' }],
  });
  const loop = titleLoop('writeTitle', {
    stages: { main: { context: [secret, documents('kb')], generate: model(), verify: [names] } },
  });
  const { run, model: server } = await rig({
    loops: [
      {
        loop,
        harness: 'examples: [{ input: { id: "x", topic: "cats" }, output: { title: "About cats", confidence: 1 } }]',
      },
    ],
    script: [bad('Same'), bad('Same'), good('owls')],
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted', attempts: 3 });
  const [, second, third] = server.seen.map(({ input }) => input);
  expect(second).toMatch(/Everything is a trap[\s\S]*|About cats/);
  expect(second).toContain('About cats');
  expect(third).not.toMatch(/Everything is a trap|About cats/);
  expect(third).toContain('names-the-topic: "Same" lacks "owls"');
  expect(third).toContain('"topic":"owls"');
});

test('a model that takes no temperature is asked without, and pays for nothing twice', async () => {
  const { run, model: server } = await rig({
    loops: [{ loop: titleLoop() }],
    script: [bad('Same'), bad('Same'), good('owls')],
    manner: { temperature: false },
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'accepted', attempts: 3 });
  expect(server.billed.calls).toBe(3);
});

test('attempts that get better every time are not stopped, and the last is exhausted', async () => {
  const { run } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { attempts: 3 }' }],
    script: [bad('One'), bad('Two, and longer'), bad('Three, and longer still')],
  });
  expect(await run('writeTitle', owls)).toMatchObject({ outcome: 'exhausted', attempts: 3 });
});

test('an attempt that is not worth its price, by the loop’s own history, is not made', async () => {
  const { run, model: server } = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { attempts: 3, worthUsd: 0.0004 }' }],
    script: (_seen, count) => bad(`Title ${'x'.repeat(count)}`),
  });
  // Nothing is known yet: even odds at 140 micro-USD are worth a second attempt, and at 2 of 3 lost a third is not.
  const first = await run('writeTitle', owls);
  expect(first.outcome).toBe('exhausted');
  const second = await run('writeTitle', { ...owls, id: '2' });
  expect(second).toMatchObject({ outcome: 'stalled', attempts: 1 });
  expect(second.reason).toMatch(
    /^Not worth another attempt: attempt 2 costs about \$0\.00014 and passes in 33 of 100 cases \(0 of 1 so far\)/,
  );
  expect(server.seen).toHaveLength(4);
});
