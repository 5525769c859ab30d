import { test, vi } from 'vitest';
import { model, source } from '../../loops/define/index.ts';
import { good, names, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

// Retries back off for real.
vi.setConfig({ testTimeout: 60_000 });

const owls = { id: '1', topic: 'owls' };

test.concurrent('a model that stays down blocks the run after four paid tries', async ({ onTestFinished, expect }) => {
  const {
    run,
    model: fake,
    rows,
  } = await rig(
    { loops: [{ loop: titleLoop(), harness: 'limits: { usd: 1 }' }], script: () => ({ status: 503 }) },
    onTestFinished,
  );
  const result = await run('writeTitle', owls);
  expect(result).toMatchObject({ outcome: 'blocked', attempts: 0 });
  expect(result.reason).toContain('ModelError.Unavailable: fake-1 answered 503');
  expect(fake.seen).toHaveLength(4);
  expect(await rows('select state, activity_attempt as try from ledger order by try')).toEqual(
    [1, 2, 3, 4].map((attempt) => ({ state: 'uncertain', try: attempt })),
  );
});

test.concurrent('a verifier that breaks is tried again alone, and then blocks: it never passes', async ({
  onTestFinished,
  expect,
}) => {
  let asked = 0;
  const broken = {
    ...names,
    name: 'broken',
    run: () => {
      asked += 1;
      throw new Error('no disk');
    },
  };
  const loop = titleLoop('fragile', { stages: { main: { generate: model(), verify: [names, broken] } } });
  const set = { loops: [{ loop }], script: [good('owls')] };
  const { run, model: fake, rows } = await rig(set, onTestFinished);
  const result = await run('fragile', owls);
  expect(result).toMatchObject({ outcome: 'blocked', reason: 'VerifierError: broken broke: no disk' });
  // Once along with the generator, and then four times more: it is code.
  expect(asked).toBe(5);
  const [made] = await rows('select artefact from attempts');
  expect(result.best).toBe(made?.['artefact']);
  expect(fake.seen).toHaveLength(1);
  expect(await rows('select * from outbox')).toEqual([]);
});

test.concurrent('a verifier that breaks once passes the second time without another attempt', async ({
  onTestFinished,
  expect,
}) => {
  let asked = 0;
  const shaky = {
    ...names,
    name: 'shaky',
    run: () => {
      if ((asked += 1) === 1) throw new Error('no disk');
      return { verdict: 'pass' as const, evidence: 'seen' };
    },
  };
  const loop = titleLoop('shakyLoop', { stages: { main: { generate: model(), verify: [shaky] } } });
  const { run } = await rig({ loops: [{ loop }], script: [good('owls')] }, onTestFinished);
  expect(await run('shakyLoop', owls)).toMatchObject({ outcome: 'accepted', attempts: 1 });
});

test.concurrent('an effect that may be repeated is tried four times with one key, then blocks', async ({
  onTestFinished,
  expect,
}) => {
  const keys: string[] = [];
  const loop = titleLoop('failing', {
    act: {
      publish: {
        repeatable: true,
        run: (_output, { idempotencyKey }) => {
          keys.push(idempotencyKey);
          return Promise.reject(new Error('printer on fire'));
        },
      },
    },
  });
  const { run } = await rig({ loops: [{ loop }], script: [good('owls')] }, onTestFinished);
  const result = await run('failing', owls);
  expect(result.outcome).toBe('blocked');
  expect(result.reason).toContain('Effect `publish` of loop failing failed on try 4: printer on fire');
  expect(keys).toEqual(Array.from({ length: 4 }, () => 'failing/1/publish'));
});

test.concurrent('an effect that may not be repeated fails once and is uncertain', async ({
  onTestFinished,
  expect,
}) => {
  let tries = 0;
  const loop = titleLoop('oneShot', {
    act: {
      publish: {
        repeatable: false,
        run: () => {
          tries += 1;
          return Promise.reject(new Error('connection lost'));
        },
      },
    },
  });
  const { run } = await rig({ loops: [{ loop }], script: [good('owls'), good('owls')] }, onTestFinished);
  const result = await run('oneShot', owls);
  expect(result.outcome).toBe('blocked');
  expect(result.reason).toContain('EffectUncertain');
  expect(tries).toBe(1);
  // Nobody knows whether it happened, so starting the work again does not do it either.
  const again = await run('oneShot', owls);
  expect(again.outcome).toBe('blocked');
  expect(again.reason).toContain('was begun before and nobody knows how it went');
  expect(tries).toBe(1);
});

test.concurrent('an effect that a crash cut off is not done again unless it may be', async ({
  onTestFinished,
  expect,
}) => {
  let sure = 0;
  const act = (repeatable: boolean) => ({ publish: { repeatable, run: () => Promise.resolve((sure += 1)) } });
  const { run, store } = await rig(
    {
      loops: [{ loop: titleLoop('once', { act: act(false) }) }, { loop: titleLoop('often', { act: act(true) }) }],
      script: () => good('owls'),
    },
    onTestFinished,
  );
  for (const loop of ['once', 'often']) {
    await store.effects.begin({ key: `${loop}/1/publish`, runKey: 'killed', name: 'publish', artefact: 'x', at: 0 });
  }
  expect(await run('once', owls)).toMatchObject({ outcome: 'blocked' });
  expect(sure).toBe(0);
  expect(await run('often', owls)).toMatchObject({ outcome: 'accepted' });
  expect(sure).toBe(1);
});

test.concurrent('a source of context that fails for a moment is asked again', async ({ onTestFinished, expect }) => {
  let asked = 0;
  const flaky = source<{ id: string; topic: string }>({
    name: 'wiki',
    trust: 'untrusted',
    why: 'facts',
    fetch: () =>
      (asked += 1) === 1 ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve([{ text: 'Owls fly.' }]),
  });
  const loop = titleLoop('sourced', { stages: { main: { context: [flaky], generate: model(), verify: [names] } } });
  const { run, model: fake } = await rig({ loops: [{ loop }], script: [good('owls')] }, onTestFinished);
  expect(await run('sourced', owls)).toMatchObject({ outcome: 'accepted' });
  expect(asked).toBe(2);
  expect(fake.seen[0]?.input).toContain('Owls fly.');
});
