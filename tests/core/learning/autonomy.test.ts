import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AuditedOutput } from '../../../contract/autonomy.ts';
import { auditShare, grantedBy, lowerLevel, type AutonomyGrounds } from '../../../core/learning/autonomy.ts';

const outputs = (accepted: number, refused: number, harness = 'v1'): AuditedOutput[] => [
  ...Array.from({ length: accepted }, () => ({ runKey: 'k', harness, accepted: true })),
  ...Array.from({ length: refused }, () => ({ runKey: 'k', harness, accepted: false })),
];

const grounds = (change: Partial<AutonomyGrounds>): AutonomyGrounds => ({
  audited: outputs(50, 0),
  harness: 'v1',
  critical: [],
  ...change,
});

test.each<[string, Partial<AutonomyGrounds>, string]>([
  ['50 of 50 accepted', {}, 'L3'],
  ['one less', { audited: outputs(49, 0) }, 'L2'],
  ['one of them refused, when it is granted', { audited: outputs(50, 1) }, 'L2'],
  ['one of them refused, when it is held', { audited: outputs(50, 1), before: 'L3' }, 'L3'],
  ['three of them refused', { audited: outputs(50, 3), before: 'L3' }, 'L2'],
  ['a verifier that proves nothing', { uncalibrated: 'stage `main` has no check' }, 'L2'],
  ['something critical', { critical: ['WrongAlone'], before: 'L3' }, 'L2'],
  ['a version that most of the time is refused', { audited: outputs(5, 15) }, 'L1'],
  ['the same, and another version since', { audited: outputs(5, 15), harness: 'v2' }, 'L2'],
  ['nothing decided yet', { audited: [] }, 'L2'],
])('with %s', (_what, change, level) => {
  expect(grantedBy(grounds(change)).level).toBe(level);
});

test('an output that is accepted where it was refused never lowers the level', () => {
  const befores = fc.constantFrom('L1' as const, 'L2' as const, 'L3' as const, undefined);
  fc.assert(
    fc.property(fc.nat(120), fc.integer({ min: 1, max: 40 }), befores, (accepted, refused, before) => {
      const worse = grantedBy(grounds({ audited: outputs(accepted, refused), before })).level;
      const better = grantedBy(grounds({ audited: outputs(accepted + 1, refused - 1), before })).level;
      expect(lowerLevel(worse, better)).toBe(worse);
    }),
  );
});

test('where nothing is done without a person all is looked at; unattended, some of it still', () => {
  expect(auditShare(0.02, undefined)).toBe(0.02);
  expect(auditShare(0.02, 'L2')).toBe(1);
  expect(auditShare(0, 'L3')).toBe(0.05);
  expect(auditShare(0.5, 'L3')).toBe(0.5);
});
