import { expect, test } from 'vitest';
import type { JudgedArtefact } from '../../../contract/judges.ts';
import type { Criterion } from '../../../contract/verdict.ts';
import { isTrapFor, votesOf } from '../../../core/learning/judge-votes.ts';

const says = (name: string, verdict: Criterion['verdict'], opinion = true): Criterion => {
  return { name, verdict, evidence: '"owls"', ...(opinion ? { opinion } : {}) };
};

function artefactOf(criteria: readonly Criterion[], decided?: Partial<JudgedArtefact['decided']>): JudgedArtefact {
  return {
    runKey: 'r1',
    stage: 'main',
    artefact: 'sha256:a',
    author: 'model:m',
    criteria: [says('schema', 'pass', false), ...criteria],
    ask: true,
    lately: true,
    at: 1,
    ...(decided === undefined ? {} : { decided: { state: 'rejected', words: '', at: 2, ...decided } }),
  };
}

const truths = (artefact: JudgedArtefact) =>
  Object.fromEntries(votesOf([artefact], []).map(({ judge, truth }) => [judge, truth]));

test('what people took was good for every judge, also for one that had held it', () => {
  const taken = artefactOf([says('tone/polite', 'pass'), says('facts/true', 'fail')], { state: 'approved' });
  expect(truths(taken)).toEqual({ tone: 'good', facts: 'good' });
});

test.each(['rejected', 'edited', 'answered'] as const)('what nobody held and people %s slipped past all', (state) => {
  const criteria = [says('tone/polite', 'pass'), says('facts/true', 'pass')];
  expect(truths(artefactOf(criteria, { state }))).toEqual({ tone: 'bad', facts: 'bad' });
});

test('a rejection is the matter of those who held it: nobody else missed it', () => {
  const criteria = [says('tone/polite', 'pass'), says('facts/true', 'inconclusive')];
  expect(truths(artefactOf(criteria, {}))).toEqual({ tone: undefined, facts: 'bad' });
  expect(truths(artefactOf([says('tone/polite', 'pass'), says('doubts', 'fail')], {}))).toEqual({ tone: undefined });
});

test('and of those whom the words name, by their own name or that of a criterion', () => {
  const criteria = [says('tone/polite', 'pass'), says('facts/true', 'fail')];
  expect(truths(artefactOf(criteria, { words: 'Not polite at all.' }))).toEqual({ tone: 'bad', facts: undefined });
  expect(truths(artefactOf(criteria, { words: 'tone!' }))).toEqual({ tone: 'bad', facts: undefined });
});

test('a question that only a person answers holds nothing', () => {
  const question = { ...says('sign-off', 'inconclusive'), question: 'Would you print this?' };
  expect(truths(artefactOf([says('tone/polite', 'pass'), question], {}))).toEqual({ tone: 'bad' });
});

test('a judge that broke said nothing, and a judge of several criteria lets through what passes all of them', () => {
  const criteria = [says('a/b/x', 'pass'), says('a/b/y', 'fail'), says('down/x', 'error')];
  expect(votesOf([artefactOf(criteria)], [])).toMatchObject([{ judge: 'a/b', letThrough: false }]);
});

test('only where people would have been asked anyway does a vote count for rates', () => {
  const even = (artefact: JudgedArtefact) => votesOf([artefact], []).map((vote) => vote.even);
  expect(even(artefactOf([says('tone/polite', 'pass')], {}))).toEqual([true]);
  // A no would have been final.
  expect(even(artefactOf([says('tone/polite', 'pass', false)], {}))).toEqual([false]);
  expect(even({ ...artefactOf([says('tone/polite', 'pass')], {}), ask: false })).toEqual([false]);
});

test('what a judge says to a trap takes the place of what it had said', () => {
  const artefact = artefactOf([says('tone/polite', 'fail')], {});
  const { runKey, stage, artefact: digest } = artefact;
  const trap = { loop: 'l', stage, judge: 'tone', runKey, artefact: digest, letThrough: true, among: 'r2', at: 9 };
  expect(votesOf([artefact], [trap])).toMatchObject([{ letThrough: true, truth: 'bad', even: true, at: 9 }]);
  // Somebody who was not there before.
  expect(votesOf([artefact], [{ ...trap, judge: 'new' }])).toMatchObject([{ judge: 'tone' }, { judge: 'new', at: 9 }]);
  // What people took after all is no trap any more.
  const taken = artefactOf([says('tone/polite', 'fail')], { state: 'approved' });
  expect(votesOf([taken], [{ ...trap, judge: 'new' }])).toMatchObject([{ judge: 'tone', truth: 'good' }]);
});

test('a trap is what people refused, on a matter of the judge, and did not see because of it', () => {
  const held = artefactOf([says('tone/polite', 'fail')], {});
  expect(isTrapFor('tone', held)).toBe(true);
  expect(isTrapFor('tone', artefactOf([says('tone/polite', 'fail')], { state: 'approved' }))).toBe(false);
  expect(isTrapFor('tone', artefactOf([says('tone/polite', 'pass', false)], {}))).toBe(false);
  expect(isTrapFor('new', held)).toBe(false);
  expect(isTrapFor('new', artefactOf([says('tone/polite', 'pass')], {}))).toBe(true);
});
