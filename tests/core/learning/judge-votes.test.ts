import { expect, test } from 'vitest';
import type { JudgedArtefact } from '../../../contract/judges.ts';
import type { Criterion } from '../../../contract/verdict.ts';
import { isGoodFor, isTrapFor, swappedAnswers, votesOf } from '../../../core/learning/judge-votes.ts';

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
  const again = {
    loop: 'l',
    stage,
    judge: 'tone',
    runKey,
    artefact: digest,
    inputOf: runKey,
    letThrough: true,
  } as const;
  const trap = { ...again, kind: 'refused', orders: { changed: 0, of: 0 }, asked: 'r2', at: 9 } as const;
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

test('what is asked again about an accepted artefact takes its place too, and only the newest counts', () => {
  const taken = artefactOf([says('tone/polite', 'pass')], { state: 'approved' });
  const { runKey, stage, artefact } = taken;
  const again = { loop: 'l', stage, judge: 'tone', runKey, artefact, inputOf: runKey, kind: 'accepted' } as const;
  const orders = { changed: 1, of: 2 };
  const answers = [
    { ...again, letThrough: true, orders, asked: 'second', at: 9 },
    { ...again, letThrough: false, orders: { changed: 0, of: 2 }, asked: 'first', at: 8 },
  ];
  expect(votesOf([taken], answers)).toMatchObject([{ letThrough: true, truth: 'good', even: true, orders, at: 9 }]);
  // Swapped, it says nothing of the artefact under its own input.
  expect(votesOf([taken], [{ ...again, kind: 'swapped', letThrough: false, orders, asked: 'x', at: 9 }])).toMatchObject(
    [{ letThrough: true, at: 2 }],
  );
});

test('of a swapped artefact the newest answer under each input counts', () => {
  const orders = { changed: 0, of: 0 };
  const of = { loop: 'l', stage: 'main', judge: 'tone', runKey: 'r1', artefact: 'sha256:a', orders } as const;
  const swapped = (inputOf: string, at: number, letThrough: boolean) =>
    ({ ...of, kind: 'swapped', inputOf, at, asked: `${at}`, letThrough }) as const;
  const newest = swappedAnswers([swapped('r2', 3, true), swapped('r2', 1, false), swapped('r3', 2, false)]);
  expect(newest.map(({ at }) => at)).toEqual([2, 3]);
});

test('an accepted artefact says how much a judge lets through where people would have seen it anyway', () => {
  expect(isGoodFor('tone', artefactOf([says('tone/polite', 'pass')], { state: 'approved' }))).toBe(true);
  expect(isGoodFor('tone', artefactOf([says('tone/polite', 'pass', false)], { state: 'approved' }))).toBe(false);
  expect(isGoodFor('new', artefactOf([says('tone/polite', 'pass', false)], { state: 'approved' }))).toBe(true);
  expect(isGoodFor('tone', artefactOf([says('tone/polite', 'pass')], {}))).toBe(false);
});
