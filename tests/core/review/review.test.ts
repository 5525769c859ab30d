import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PARTS, type CheckId } from '../../../core/review/result.ts';
import { review } from '../../../core/review/review.ts';
import { answerOf, factsOf, judgeOn, NOW, stageOf, standing, verifierOf } from './planted-facts.ts';

const stateOf = (...planted: Parameters<typeof standing>) => standing(...planted).state;

const untouched = { record: true, structured: true, untyped: [], unbounded: [] };

test('a loop without a weakness is done but for what only a person can say', () => {
  const { checks, done, total, findings } = review(factsOf(), [], NOW);
  expect(checks.filter(({ state }) => state !== 'done').map(({ check }) => check)).toEqual([
    'trigger.explicit',
    'learning.worked',
  ]);
  expect({ done, total, findings }).toEqual({ done: 10, total: 12, findings: [] });
});

test('answers complete it', () => {
  const answers = [answerOf('trigger.explicit', 'webhook desk'), answerOf('learning.worked', 'Ada, on Mondays')];
  expect(review(factsOf(), answers, NOW)).toMatchObject({ done: 12, total: 12 });
});

test('who answered and what they said is shown, and never obeyed, fresh and stale', () => {
  const hostile = 'eve\u001b[31m\u009b1m\u202e\nok';
  const answer = { ...answerOf('learning.worked', hostile), by: hostile, note: hostile };
  const old = { ...answer, at: NOW - 91 * 86_400_000 };
  expect(standing('learning.worked', factsOf(), [answer]).because).toMatch(/^eve ok said on \S+: eve ok \(eve ok\)$/);
  expect(standing('learning.worked', factsOf(), [old]).because).toMatch(/; eve ok said "eve ok" on /);
});

test("another loop's answers say nothing of it", () => {
  const answers = [{ ...answerOf('learning.worked', 'yes'), loop: 'other' }];
  expect(stateOf('learning.worked', factsOf(), answers)).toBe('asked');
});

test('six parts have two checks each', () => {
  const { checks } = review(factsOf(), [], NOW);
  expect(checks.map(({ part }) => part)).toEqual(PARTS.flatMap((part) => [part, part]));
});

const loops = fc.record({
  dedupe: fc.constantFrom('none', 'blind', 'byInput', 'whereNamed'),
  input: fc.constantFrom(untouched, { ...untouched, unbounded: ['text'] }, { ...untouched, untyped: [''] }),
  effects: fc.array(fc.record({ name: fc.constantFrom('a', 'b'), repeatable: fc.boolean() }), { maxLength: 2 }),
  hasCases: fc.boolean(),
  tools: fc.array(fc.record({ name: fc.constant('send'), approve: fc.boolean() }), { maxLength: 1 }),
  harness: fc.constantFrom(undefined, {}, { approval: { audit: 0.1 } }, { limits: { contextTokens: 0, attempts: 20 } }),
  stages: fc.array(
    fc.record({
      generator: fc.constantFrom(
        { kind: 'model', identities: ['model:maker', 'model:other'] },
        { kind: 'function', identities: ['function:holds'] },
      ),
      sources: fc.array(
        fc.record({
          name: fc.constantFrom('lessons', 'desk'),
          trust: fc.constantFrom('trusted', 'untrusted'),
          keep: fc.constantFrom('run', 'durable'),
          why: fc.constantFrom('', 'because'),
        }),
        { maxLength: 2 },
      ),
      verifiers: fc.array(
        fc.record({
          opinion: fc.boolean(),
          identities: fc.constantFrom(
            ['function:holds'],
            ['model:maker'],
            ['model:judge'],
            ['model:judge', 'model:maker'],
          ),
          power: fc.record({ kind: fc.constantFrom('shown', 'none', 'unknown'), because: fc.constant('seen') }),
        }),
        { maxLength: 3 },
      ),
      output: fc.record({
        record: fc.boolean(),
        structured: fc.boolean(),
        untyped: fc.constantFrom([], ['data']),
        unbounded: fc.constantFrom([], ['text']),
      }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

const saying = fc.array(
  fc.tuple(
    fc.constantFrom('trigger.explicit', 'context.sorted', 'verifier.refuses', 'learning.worked'),
    fc.constantFrom('yes', 'no', 'schedule weekly', 'in words'),
    fc.integer({ min: 0, max: 200 }),
  ),
  { maxLength: 4 },
);

test('completion is what is done of twelve, and whatever is not has one next action', () => {
  fc.assert(
    fc.property(loops, saying, ({ stages, harness, ...drawn }, said) => {
      const facts = factsOf({
        ...(drawn as object),
        ...(harness === undefined ? {} : { harness }),
        stages: stages.map((drawnStage) =>
          stageOf({
            ...(drawnStage as object),
            verifiers: drawnStage.verifiers.map((one, at) => verifierOf(`v${at}`, one as object)),
          }),
        ),
      });
      const { checks, done, total, findings } = review(
        facts,
        said.map(([check, answer, daysAgo]) => answerOf(check, answer, daysAgo)),
        NOW,
      );
      expect(total).toBe(12);
      expect(done).toBe(checks.filter(({ state }) => state === 'done').length);
      for (const check of checks) {
        expect(check.because).not.toBe('');
        expect(check.seenIn).not.toBe('');
        if (check.state !== 'done') expect(check.nextAction.length).toBeGreaterThan(10);
      }
      const refused = findings.some(({ refuses }) => refuses);
      if (refused)
        expect(checks).toContainEqual(expect.objectContaining({ check: 'verifier.independent', state: 'open' }));
      for (const { nextAction } of findings) expect(nextAction.length).toBeGreaterThan(10);
    }),
  );
});

describe('trigger', () => {
  test('a trigger that was named is explicit', () => {
    const named = standing('trigger.explicit', factsOf(), [answerOf('trigger.explicit', 'schedule weekly')]);
    expect(named).toMatchObject({ state: 'done', because: 'ada@example.com said on 2026-11-25: schedule weekly' });
  });

  test('a no leaves it open', () => {
    expect(stateOf('trigger.explicit', factsOf(), [answerOf('trigger.explicit', 'no')])).toBe('open');
  });

  test('without `dedupe` the same work may be done twice, unless a schedule starts it', () => {
    const facts = factsOf({ dedupe: 'none' });
    expect(stateOf('trigger.deduplicated', facts)).toBe('open');
    const by = (trigger: string, daysAgo = 1) => [answerOf('trigger.explicit', trigger, daysAgo)];
    expect(stateOf('trigger.deduplicated', facts, by('webhook desk'))).toBe('open');
    expect(stateOf('trigger.deduplicated', facts, by('schedule weekly'))).toBe('done');
    expect(stateOf('trigger.deduplicated', facts, by('schedule weekly', 91))).toBe('open');
  });

  test('where a schedule starts it, `dedupe` makes all but the first run the same work', () => {
    const answers = [answerOf('trigger.explicit', 'schedule weekly')];
    expect(stateOf('trigger.deduplicated', factsOf(), answers)).toBe('open');
    expect(stateOf('trigger.deduplicated', factsOf(), [answerOf('trigger.explicit', 'webhook desk')])).toBe('done');
  });

  test('a `dedupe` that names nothing in what a schedule sends leaves the work to the time', () => {
    const answers = [answerOf('trigger.explicit', 'schedule weekly')];
    expect(stateOf('trigger.deduplicated', factsOf({ dedupe: 'whereNamed' }), answers)).toBe('done');
  });

  test('a `dedupe` that does not look at the input makes all work the same', () => {
    expect(stateOf('trigger.deduplicated', factsOf({ dedupe: 'blind' }))).toBe('open');
  });
});

describe('context', () => {
  test('an input of any size has no bound, and the field is named', () => {
    const found = standing('context.bounded', factsOf({ input: { ...untouched, unbounded: ['text'], untyped: [''] } }));
    expect(found).toMatchObject({ state: 'open', because: '`input`, `input.text` may be of any size' });
  });

  test('sources that share nothing are a mistake', () => {
    expect(stateOf('context.bounded', factsOf({ harness: { limits: { contextTokens: 0 } } }))).toBe('open');
  });

  test('a default budget counts, and is called one', () => {
    expect(standing('context.bounded', factsOf()).because).toContain('4000 tokens (the default)');
  });

  test('a model without any source needs it said that the input is enough', () => {
    const stages = [stageOf({ sources: [] })];
    expect(stateOf('context.sorted', factsOf({ stages }))).toBe('open');
    expect(stateOf('context.sorted', factsOf({ stages, harness: { limits: { contextTokens: 0 } } }))).toBe('done');
  });

  test('a source that does not say why is open; one that stays is asked about', () => {
    const from = (why: string, keep: 'run' | 'durable') =>
      factsOf({ stages: [stageOf({ sources: [{ name: 'kb', trust: 'trusted', keep, why }] })] });
    expect(stateOf('context.sorted', from(' ', 'run'))).toBe('open');
    expect(stateOf('context.sorted', from('rules', 'run'))).toBe('done');
    expect(stateOf('context.sorted', from('rules', 'durable'))).toBe('asked');
    expect(stateOf('context.sorted', from('rules', 'durable'), [answerOf('context.sorted', 'yes')])).toBe('done');
  });
});

describe('verifier', () => {
  const refusing = (kind: 'shown' | 'none' | 'unknown') =>
    factsOf({ stages: [stageOf({ verifiers: [verifierOf('v', { power: { kind, because: 'seen' } })] })] });

  test('that it can say no is shown, refuted or asked', () => {
    expect(stateOf('verifier.refuses', refusing('shown'))).toBe('done');
    expect(stateOf('verifier.refuses', refusing('none'))).toBe('open');
    expect(stateOf('verifier.refuses', refusing('unknown'))).toBe('asked');
    expect(stateOf('verifier.refuses', refusing('unknown'), [answerOf('verifier.refuses', 'yes')])).toBe('done');
  });

  test('every stage needs one', () => {
    const stages = [stageOf(), stageOf({ name: 'second', verifiers: [judgeOn('maker')] })];
    expect(stateOf('verifier.refuses', factsOf({ stages }))).toBe('open');
    expect(stateOf('verifier.independent', factsOf({ stages }))).toBe('open');
  });
});

describe('state', () => {
  test('without an effect nothing lands outside the run', () => {
    expect(stateOf('state.recorded', factsOf({ effects: [] }))).toBe('open');
  });

  test('an effect that its contract forbids lands nothing; what a contract says of the others is told', () => {
    const contract = { allow: true, approve: true, maxCalls: 5, fields: ['amount'] };
    const refund = { name: 'refund', repeatable: false, contract };
    const facts = factsOf({ harness: {}, effects: [refund] });
    expect(standing('state.recorded', facts).because).toContain(
      '`refund` (not repeatable; a person approves each; at most 5 a day; its contract narrows `amount`)',
    );
    expect(standing('stop.help', facts)).toMatchObject({
      state: 'done',
      because: 'a person is asked before `refund`, always',
    });
    const forbidden = factsOf({ harness: {}, effects: [{ ...refund, contract: { ...contract, allow: false } }] });
    expect(standing('state.recorded', forbidden)).toMatchObject({ state: 'open', seenIn: 'planted/harness.yaml' });
    expect(stateOf('stop.help', forbidden)).toBe('open');
  });

  test.each([
    ['no record', { ...untouched, record: false }],
    ['anything', { ...untouched, untyped: ['data'] }],
    ['free text of any length', { ...untouched, structured: false, unbounded: ['text'] }],
  ])('an output that is %s is not typed', (_title, output) => {
    expect(stateOf('state.typed', factsOf({ stages: [stageOf({ output })] }))).toBe('open');
  });

  test('a record of texts with a maximum is typed', () => {
    expect(
      stateOf('state.typed', factsOf({ stages: [stageOf({ output: { ...untouched, structured: false } })] })),
    ).toBe('done');
  });
});

describe('stop', () => {
  test('default limits count, and are named', () => {
    expect(standing('stop.limits', factsOf({ harness: {} }))).toMatchObject({
      state: 'done',
      because: expect.stringContaining('by default: attempts, usd, usdPerDay, deadline') as string,
    });
  });

  test.each([{ attempts: 20 }, { usd: 1000 }, { usdPerDay: 100_000 }, { deadline: '8 days' }])(
    'a limit as high as can be stops nothing: %o',
    (limits) => {
      const [name = ''] = Object.keys(limits);
      expect(standing('stop.limits', factsOf({ harness: { limits } }))).toMatchObject({
        state: 'open',
        because: expect.stringContaining(`limits.${name}`) as string,
      });
    },
  );

  test('opinions alone do not say when it is done', () => {
    const stages = [stageOf({ verifiers: [verifierOf('doubts', { opinion: true })] })];
    expect(stateOf('stop.limits', factsOf({ stages }))).toBe('open');
  });

  test('it asks for help by its rule, by an audit, or by an opinion', () => {
    const withRule = (when: string) => factsOf({ harness: { approval: { when } } });
    expect(stateOf('stop.help', withRule(' false '))).toBe('open');
    expect(stateOf('stop.help', withRule('output.sure'))).toBe('done');
    expect(stateOf('stop.help', factsOf({ harness: { approval: { audit: 0.01 } } }))).toBe('done');
    const stages = [stageOf({ verifiers: [verifierOf('doubts', { opinion: true })] })];
    expect(stateOf('stop.help', factsOf({ harness: {}, stages }))).toBe('done');
  });
});

describe('learning', () => {
  test('each kind of lesson that has no place is named, with what makes one', () => {
    expect(standing('learning.places', factsOf({ harness: {} }))).toMatchObject({
      state: 'open',
      because: 'no place for a lesson of kind instruction, eval, routing, approval',
      nextAction: expect.stringContaining('planted/cases.jsonl') as string,
    });
  });

  test('cases are a place for evals, and a loop without a model needs no instructions and no routing', () => {
    const stages = [stageOf({ generator: { kind: 'function', identities: ['function:count'] } })];
    const facts = factsOf({ harness: { approval: { audit: 0.1 } }, hasCases: true, stages });
    expect(stateOf('learning.places', facts)).toBe('done');
  });
});

describe('answers', () => {
  const check: CheckId = 'learning.worked';

  test('count for 90 days and are asked for again after, with what was said', () => {
    expect(stateOf(check, factsOf(), [answerOf(check, 'yes', 90)])).toBe('done');
    expect(standing(check, factsOf(), [answerOf(check, 'yes', 90.01)])).toMatchObject({
      state: 'asked',
      stale: { answer: 'yes', by: 'ada@example.com' },
      because: expect.stringContaining('said "yes" on 2026-08-27, more than 90 days ago') as string,
    });
  });

  test('the newest counts', () => {
    const answers = [answerOf(check, 'no', 1), answerOf(check, 'yes', 5)];
    expect(stateOf(check, factsOf(), answers)).toBe('open');
  });

  test('to what is measured change nothing', () => {
    expect(stateOf('state.recorded', factsOf({ effects: [] }), [answerOf('state.recorded', 'yes')])).toBe('open');
  });
});
