import { describe, expect, test } from 'vitest';
import type { VerifierFacts } from '../../../core/review/facts.ts';
import { review } from '../../../core/review/review.ts';
import { answerOf, factsOf, findings, judgeOn, NOW, stageOf, verifierOf } from './planted-facts.ts';

const typed = { record: true, structured: true, untyped: [], unbounded: [] };
const blind = verifierOf('fine', { power: { kind: 'none', because: 'can only answer `pass`' } });

describe('PromptOnly', () => {
  const bare = { harness: { instructions: 'Be good.' }, stages: [stageOf({ sources: [], verifiers: [blind] })] };

  test('is a prompt with nothing around it', () => {
    expect(findings(factsOf(bare))).toContain('PromptOnly');
  });

  test.each([
    ['a gate', { harness: { instructions: 'Be good.', approval: { when: 'true' } } }],
    ['a check that can say no', { stages: [stageOf({ sources: [], verifiers: [blind, verifierOf('holds')] })] }],
    ['a source', { stages: [stageOf({ verifiers: [blind] })] }],
    ['a context budget', { harness: { instructions: 'Be good.', limits: { contextTokens: 100 } } }],
    ['cases', { hasCases: true }],
    [
      'no prompt',
      { stages: [stageOf({ generator: { kind: 'function', identities: ['function:x'] }, verifiers: [blind] })] },
    ],
  ])('is not a loop with %s', (_title, change) => {
    expect(findings(factsOf({ ...bare, ...change }))).not.toContain('PromptOnly');
  });
});

describe('NoIndependentCheck', () => {
  const graded = (identities: readonly string[], ...verifiers: readonly VerifierFacts[]) =>
    review(factsOf({ stages: [stageOf({ generator: { kind: 'model', identities }, verifiers })] }), [], NOW).findings;

  test('is a judge that is the generator: refused, naming stage, verifier and model', () => {
    expect(graded(['model:maker'], judgeOn('maker'))).toMatchObject([
      {
        name: 'NoIndependentCheck',
        refuses: true,
        because: 'judge `taste` of stage `main` is model:maker, which makes the output',
      },
    ]);
  });

  test('is not a judge on another model', () => {
    expect(graded(['model:maker'], judgeOn('other'))).toEqual([]);
  });

  test('refuses a judge that is the generator on any route, whoever stands beside it', () => {
    const doubts = verifierOf('doubts', { opinion: true });
    for (const identities of [['model:strong'], ['model:maker', 'model:strong']])
      for (const beside of [[], [blind], [doubts], [verifierOf('holds')]])
        expect(graded(identities, judgeOn('strong'), ...beside)).toMatchObject([
          { name: 'NoIndependentCheck', refuses: true },
        ]);
  });

  test('names each verifier that is the generator', () => {
    const found = graded(['model:maker', 'model:strong'], judgeOn('strong'), judgeOn('maker', { name: 'tone' }));
    expect(found.map(({ because }) => because)).toEqual([
      'judge `taste` of stage `main` is model:strong, which may make the output',
      'judge `tone` of stage `main` is model:maker, which may make the output',
    ]);
  });

  test("is the generator's own function", () => {
    const stage = stageOf({
      generator: { kind: 'function', identities: ['function:count'] },
      verifiers: [verifierOf('count')],
    });
    expect(review(factsOf({ stages: [stage] }), [], NOW).findings).toMatchObject([{ refuses: true }]);
  });

  test('is a stage where nothing can say no, or nothing is there', () => {
    expect(graded(['model:maker'], blind)).toMatchObject([
      { refuses: true, because: 'nothing can say no in stage `main`: `fine` can only answer `pass`' },
    ]);
    expect(graded(['model:maker'])).toMatchObject([{ refuses: true, because: 'stage `main` has no verifier' }]);
  });

  test('is not a verifier of which nobody knows whether it can say no', () => {
    expect(graded(['model:maker'], verifierOf('v', { power: { kind: 'unknown', because: 'said yes' } }))).toEqual([]);
  });

  test('is a stage where nobody but an eval that says yes to everything could say no', () => {
    const sham = verifierOf('sham', { kind: 'eval', power: { kind: 'unknown', because: 'said yes to 6' } });
    const honest = verifierOf('dot', { kind: 'eval', power: { kind: 'shown', because: 'said no' } });
    expect(graded(['model:maker'], sham)).toMatchObject([
      { refuses: true, because: 'nothing can say no in stage `main`: `sham` said yes to 6' },
    ]);
    expect(graded(['model:maker'], sham, honest)).toEqual([]);
    expect(graded(['model:maker'], sham, verifierOf('v', { power: { kind: 'unknown', because: 'said yes' } }))).toEqual(
      [],
    );
  });
});

describe('FuzzyMemory', () => {
  test.each([
    ['a bare text', { record: false }],
    ['anything', { untyped: ['data'] }],
  ])('is an output that is %s', (_title, change) => {
    const stages = [stageOf(), stageOf({ name: 'second', output: { ...typed, ...change } })];
    expect(findings(factsOf({ stages }))).toEqual(['FuzzyMemory']);
  });

  const keeping = (name: string, trust: 'trusted' | 'untrusted', keep: 'run' | 'durable') =>
    factsOf({ stages: [stageOf({ sources: [{ name, trust, keep, why: 'needed' }] })] });

  test('is text from outside that never expires', () => {
    expect(findings(keeping('inbox', 'untrusted', 'durable'))).toEqual(['FuzzyMemory']);
  });

  test('is not text that goes with its run, nor what we wrote, nor governed lessons', () => {
    expect(findings(keeping('inbox', 'untrusted', 'run'))).toEqual([]);
    expect(findings(keeping('documents(kb)', 'trusted', 'durable'))).toEqual([]);
    expect(findings(keeping('lessons', 'untrusted', 'durable'))).toEqual([]);
  });
});

describe('NoOperations', () => {
  test('is an effect that nobody decided about', () => {
    expect(findings(factsOf({ harness: {} }))).toEqual(['NoOperations']);
  });

  test('is a cap as high as can be', () => {
    expect(findings(factsOf({ harness: { limits: { usd: 1000 } } }))).toEqual(['NoOperations']);
  });

  test.each([
    ['named approvers', { harness: { approval: { approvers: ['ada@example.com'] } } }],
    ['an approval rule', { harness: { approval: { when: 'output.big' } } }],
    ['a cap', { harness: { limits: { usd: 0.05 } } }],
    ['no effect', { harness: {}, effects: [] }],
  ])('is not a loop with %s', (_title, change) => {
    expect(findings(factsOf(change))).toEqual([]);
  });
});

describe('ProtocolOnly', () => {
  const tool = { name: 'refund', approve: false };

  test('is a tool without a largest number of calls', () => {
    expect(findings(factsOf({ tools: [tool] }))).toEqual(['ProtocolOnly']);
    expect(findings(factsOf({ tools: [{ ...tool, maxCalls: 3 }] }))).toEqual([]);
    expect(findings(factsOf({ tools: [{ ...tool, approve: true }] }))).toEqual([]);
  });

  test('is a call that nothing verifies', () => {
    const stages = [stageOf({ verifiers: [blind] })];
    expect(findings(factsOf({ stages, tools: [{ ...tool, maxCalls: 3 }] }))).toContain('ProtocolOnly');
  });

  const sends = { effects: [{ name: 'send', repeatable: false }] };

  test('is an effect that cannot be repeated in a loop that may do the same work twice', () => {
    expect(findings(factsOf({ ...sends, dedupe: 'none' }))).toEqual(['ProtocolOnly']);
    expect(findings(factsOf(sends))).toEqual([]);
  });

  test('is none whose contract asks a person, caps it or forbids it', () => {
    const contract = { allow: true, approve: false, fields: ['amount'] };
    const under = (change: object) =>
      findings(
        factsOf({
          dedupe: 'none',
          effects: [{ name: 'send', repeatable: false, contract: { ...contract, ...change } }],
        }),
      );
    expect(under({})).toEqual(['ProtocolOnly']);
    expect(under({ approve: true })).toEqual([]);
    expect(under({ maxCalls: 3 })).toEqual([]);
    expect(under({ allow: false })).toEqual([]);
  });

  test('is not one that a schedule starts, or a person lets happen each time', () => {
    const facts = { ...sends, dedupe: 'none' } as const;
    expect(findings(factsOf(facts), [answerOf('trigger.explicit', 'schedule weekly')])).toEqual([]);
    expect(findings(factsOf({ ...facts, harness: { approval: { when: 'true' } } }))).toEqual([]);
  });
});
