import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANGE_KINDS, type ChangeKind } from '../../../contract/candidate.ts';
import { Harness } from '../../../contract/harness.ts';
import {
  changeContent,
  changedKinds,
  diffOf,
  sameChange,
  singleChange,
  widens,
} from '../../../core/learning/change.ts';

const BASE = Harness.parse({
  instructions: 'Sort it.',
  evals: [{ id: 'no-links', kind: 'notContains', text: 'http' }],
  approval: { when: 'output.confidence < 0.85', audit: 0.03, approvers: ['ada', 'role:lead'], quorum: 1 },
});

/** One change of each kind; nothing changes tools yet. */
const CHANGES: Partial<Record<ChangeKind, Harness>> = {
  example: { ...BASE, examples: [{ input: 1, output: 2 }] },
  instruction: { ...BASE, instructions: 'Sort it well.' },
  eval: { ...BASE, evals: [...BASE.evals, { id: 'short', kind: 'cel', rule: 'size(output.reply) < 500' }] },
  routing: { ...BASE, routing: [{ when: 'attempt > 1', model: 'strong' }, { model: 'default' }] },
  approval: { ...BASE, approval: { ...BASE.approval, audit: 0.1 } },
};
const KIND = fc.constantFrom(...CHANGE_KINDS.filter((kind) => kind in CHANGES));
const changed = (kind: ChangeKind): Harness => CHANGES[kind] ?? BASE;
const approval = (over: Partial<Harness['approval']>): Harness => ({
  ...BASE,
  approval: { ...BASE.approval, ...over },
});

describe('a candidate changes exactly one component', () => {
  test('each kind owns one', () => {
    fc.assert(
      fc.property(KIND, (kind) => {
        expect(changedKinds(BASE, changed(kind))).toEqual([kind]);
        expect(singleChange(BASE, changed(kind))).toEqual({ kind: 'change', change: kind });
        expect(diffOf(BASE, changed(kind))).toHaveLength(1);
      }),
    );
  });

  test('none, several, limits and what is right enough are refused', () => {
    expect(singleChange(BASE, structuredClone(BASE))).toMatchObject({ because: 'it changes nothing' });
    expect(singleChange(BASE, { ...changed('routing'), instructions: 'Other.' })).toMatchObject({ kind: 'refused' });
    const limits = { ...changed('routing'), limits: { ...BASE.limits, usd: 1 } };
    expect(singleChange(BASE, limits)).toMatchObject({ because: expect.stringContaining('limits') });
    const enough = { ...BASE, approval: { ...BASE.approval, when: 'output.confidence < 0.8', rightAlone: 0.5 } };
    expect(singleChange(BASE, enough)).toMatchObject({ because: expect.stringContaining('rightAlone') });
  });
});

test('the same change again is known, whatever the order in which it is written', () => {
  const again = Harness.parse(JSON.parse(JSON.stringify(changed('eval'))));
  expect(changeContent('v1', 'eval', again)).toBe(changeContent('v1', 'eval', changed('eval')));
  expect(changeContent('v2', 'eval', again)).not.toBe(changeContent('v1', 'eval', again));
  const moved = { ...BASE, instructions: 'Another base.' };
  const one = { base: BASE, candidate: changed('eval') };
  expect(sameChange('eval', one, { base: moved, candidate: { ...moved, evals: again.evals } })).toBe(true);
  expect(sameChange('eval', one, { base: changed('eval'), candidate: changed('eval') })).toBe(false);
});

describe('a change widens unless it is seen to be as strict as before', () => {
  test('approval rules', () => {
    expect(widens('approval', BASE, approval({ when: '(output.confidence < 0.85) || (input.amount > 5)' }))).toBe(
      false,
    );
    expect(widens('approval', BASE, approval({ when: 'output.confidence < 0.95', audit: 0.2, quorum: 2 }))).toBe(false);
    expect(widens('approval', BASE, approval({ approvers: ['ada'], signed: true, minDelay: '1 hour' }))).toBe(false);
    const wider = [
      { when: 'output.confidence < 0.7' },
      { when: 'false' },
      { audit: 0 },
      { approvers: ['ada', 'bob'] },
      { approvers: ['*'] },
      { escalateTo: [{ after: '1 hour', approvers: ['bob'] }] },
      { tiers: [{ when: 'true', approvers: ['bob'] }] },
    ];
    for (const over of wider) expect(widens('approval', BASE, approval(over)), JSON.stringify(over)).toBe(true);
    const strict = approval({ signed: true, minDelay: '1 hour' });
    expect(widens('approval', strict, approval({ minDelay: '1 hour' }))).toBe(true);
    expect(widens('approval', strict, approval({ signed: true }))).toBe(true);
    expect(widens('approval', strict, approval({ signed: true, minDelay: '1 hour', selfApproval: true }))).toBe(true);
  });

  test('evals that go or change, but not those that come', () => {
    expect(widens('eval', BASE, changed('eval'))).toBe(false);
    expect(widens('eval', BASE, { ...BASE, evals: [] })).toBe(true);
    expect(widens('eval', BASE, { ...BASE, evals: [{ id: 'no-links', kind: 'notContains', text: 'ftp' }] })).toBe(true);
  });

  test('nothing widens what it leaves as it is', () => {
    fc.assert(fc.property(fc.constantFrom(...CHANGE_KINDS), (kind) => !widens(kind, BASE, structuredClone(BASE))));
  });
});
