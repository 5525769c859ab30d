import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Criterion, Verdict } from '../../contract/verdict.ts';
import { advance, decideStage, freshStage, overall, type StageProgress } from '../../core/stage.ts';
import { stageOf, stepId } from '../../core/steps.ts';

const criterion = (verdict: Criterion['verdict'], opinion = false): Criterion => ({
  name: `${verdict}${opinion ? '-opinion' : ''}`,
  verdict,
  evidence: `seen ${verdict}`,
  ...(opinion ? { opinion } : {}),
});
const verdictOf = (...criteria: Criterion[]): Verdict => overall(criteria);
const after = (verdicts: readonly Verdict[], artefacts = verdicts.map((_, index) => `sha256:${index}`)) =>
  verdicts.reduce<StageProgress>(
    (progress, verdict, index) => advance(progress, artefacts[index] ?? '', verdict, true),
    freshStage,
  );
const fail = verdictOf(criterion('fail'));

const anyCriterion = fc
  .record({ verdict: fc.constantFrom('pass', 'fail', 'error', 'inconclusive' as const), opinion: fc.boolean() })
  .map(({ verdict, opinion }) => criterion(verdict, opinion));
const anyVerdict = fc.array(anyCriterion, { maxLength: 4 }).map((criteria) => overall(criteria));

describe('a decision after an attempt', () => {
  test('accepts only where at least one criterion exists and every one passes', () => {
    fc.assert(
      fc.property(anyVerdict, fc.integer({ min: 1, max: 20 }), (verdict, limit) => {
        const proven = verdict.criteria.length > 0 && verdict.criteria.every((one) => one.verdict === 'pass');
        expect(decideStage(after([verdict]), verdict, limit).kind === 'accept').toBe(proven);
      }),
    );
  });

  test('does not believe a pass that carries no criteria', () => {
    const bare: Verdict = { verdict: 'pass', criteria: [] };
    expect(decideStage(after([bare]), bare, 3)).toEqual({ kind: 'ask', because: 'no verifier said anything' });
  });

  test('asks a human where only opinions are against it, and says what they saw', () => {
    const verdict = verdictOf(criterion('pass'), criterion('fail', true));
    expect(decideStage(after([verdict]), verdict, 3)).toEqual({ kind: 'ask', because: 'fail-opinion: seen fail' });
  });

  test('asks a human where something could not be decided', () => {
    const verdict = verdictOf(criterion('pass'), criterion('inconclusive'));
    expect(decideStage(after([verdict]), verdict, 1)).toEqual({
      kind: 'ask',
      because: 'inconclusive: seen inconclusive',
    });
  });

  test('tries again after a certain failure while attempts are left', () => {
    expect(decideStage(after([fail]), fail, 2)).toEqual({ kind: 'retry' });
  });

  test('is exhausted at the limit and says what failed last', () => {
    expect(decideStage(after([fail, fail]), fail, 2)).toEqual({
      kind: 'stop',
      outcome: 'exhausted',
      reason: '2 of 2 attempts used, the last failed: fail: seen fail',
    });
  });

  test('is stalled when an artefact that failed comes again, wherever it was before', () => {
    const progress = after([fail, fail, fail], ['sha256:a', 'sha256:b', 'sha256:a']);
    expect(decideStage(progress, fail, 20)).toMatchObject({ kind: 'stop', outcome: 'stalled' });
  });

  test('is exhausted at the limit where it only looks as if it got nowhere, and stalled where that is plain', () => {
    const senses = { strategies: [] };
    const alike = { characters: 400 };
    const trail = after([fail, fail]).trail?.map((one) => ({ ...one, ...alike }));
    const looks = { ...after([fail, fail]), ...(trail === undefined ? {} : { trail }) };
    expect(decideStage(looks, fail, 3, senses)).toMatchObject({ outcome: 'stalled' });
    expect(decideStage(looks, fail, 2, senses)).toMatchObject({ outcome: 'exhausted' });
    const plain = after([fail, fail], ['sha256:a', 'sha256:a']);
    expect(decideStage(plain, fail, 2, senses)).toMatchObject({ outcome: 'stalled' });
  });

  test('is blocked when a verifier broke, whatever else was found', () => {
    const verdict = verdictOf(criterion('pass'), criterion('fail'), criterion('error'));
    expect(decideStage(after([verdict]), verdict, 3)).toMatchObject({ kind: 'stop', outcome: 'blocked' });
  });

  test('ends within the limit, whatever the verdicts are', () => {
    fc.assert(
      fc.property(
        fc.array(anyVerdict, { minLength: 20, maxLength: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (all, limit) => {
          let progress = freshStage;
          for (const [index, verdict] of all.entries()) {
            progress = advance(progress, `sha256:${index}`, verdict, true);
            if (decideStage(progress, verdict, limit).kind !== 'retry') break;
          }
          expect(progress.counted).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });
});

describe('the progress of a stage', () => {
  test('an attempt that a person asked for is made but not counted', () => {
    const progress = advance(after([fail]), 'sha256:b', fail, false);
    expect(progress).toMatchObject({ attempts: 2, counted: 1, seen: ['sha256:0', 'sha256:b'] });
  });

  test('the best is the earliest artefact with the fewest criteria against it, never one whose verifier broke', () => {
    fc.assert(
      fc.property(fc.array(anyVerdict, { minLength: 1, maxLength: 8 }), (verdicts) => {
        const scored = verdicts.map((verdict, index) => ({
          artefact: `sha256:${index}`,
          failed: verdict.criteria.filter((one) => one.verdict !== 'pass').length,
          broken: verdict.criteria.some((one) => one.verdict === 'error'),
        }));
        const [best] = scored.filter(({ broken }) => !broken).toSorted((a, b) => a.failed - b.failed);
        expect(after(verdicts).best).toEqual(best && { artefact: best.artefact, failed: best.failed });
      }),
    );
  });
});

test('the verdict is the worst of its criteria, and nothing at all is inconclusive', () => {
  expect(verdictOf().verdict).toBe('inconclusive');
  expect(verdictOf(criterion('pass')).verdict).toBe('pass');
  expect(verdictOf(criterion('pass'), criterion('inconclusive')).verdict).toBe('inconclusive');
  expect(verdictOf(criterion('inconclusive'), criterion('fail')).verdict).toBe('fail');
  expect(verdictOf(criterion('fail'), criterion('error')).verdict).toBe('error');
});

test('a step id gives its stage back, also where the name has the separator in it', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (name, call) => {
      expect(stageOf(stepId(name, call))).toBe(name);
    }),
  );
});
