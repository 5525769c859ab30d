import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GatePolicy } from '../../contract/approvals.ts';
import { Harness, type ApprovalTier } from '../../contract/harness.ts';
import type { Decision } from '../../contract/messages.ts';
import { policyOf } from '../../core/approval-policy.ts';
import { receive, replyOf, reopen, type Gate } from '../../core/gates.ts';
import { approversAt, whyNot } from '../../core/may-decide.ts';

const SECOND = 1000;
const of = (approval: Harness['approval'] | object, tier?: ApprovalTier, who = {}): GatePolicy =>
  policyOf(Harness.parse({ approval }).approval, tier, who);
const approve = (by: string, more: Partial<Decision> = {}): Decision => ({
  decision: 'approve',
  by,
  identity: 'unverified',
  ...more,
});
const codeOf = (policy: GatePolicy, decision: Decision, at = 0) => whyNot(policy, 0, decision, at)?.code;

test('who may decide is a name, a role that was proven, or everybody', () => {
  const policy = of({ approvers: ['ada', 'role:publisher'] });
  expect(codeOf(policy, approve('ada'))).toBeUndefined();
  expect(codeOf(policy, approve('bo'))).toBe('forbidden');
  expect(codeOf(policy, approve('bo', { roles: ['publisher'], identity: 'signed' }))).toBeUndefined();
  expect(codeOf(policy, approve('bo', { roles: ['reader'], identity: 'signed' }))).toBe('forbidden');
  expect(codeOf(policy, approve('role:publisher'))).toBe('forbidden');
  expect(codeOf(of({}), approve('anybody'))).toBeUndefined();
});

test('where nobody decides, more may, step by step', () => {
  const escalateTo = [
    { after: '1 hour', approvers: ['lead'] },
    { after: '2 hours', approvers: ['role:director'] },
  ];
  const policy = of({ approvers: ['ada'], escalateTo });
  const hour = 3600 * SECOND;
  expect(approversAt(policy, 100, 100 + hour - 1)).toEqual(['ada']);
  expect(approversAt(policy, 100, 100 + hour)).toEqual(['ada', 'lead']);
  expect(approversAt(policy, 100, 100 + 2 * hour)).toEqual(['ada', 'lead', 'role:director']);
  expect(codeOf(policy, approve('lead'), hour - 1)).toBe('forbidden');
  expect(codeOf(policy, approve('lead'), hour)).toBeUndefined();
});

test('where decisions have to be signed, nothing else counts, a rejection neither', () => {
  const policy = of({ signed: true });
  for (const decision of ['approve', 'reject', 'revise'] as const) {
    expect(codeOf(policy, approve('ada', { decision }))).toBe('unsigned');
    expect(codeOf(policy, approve('ada', { decision, identity: 'signed' }))).toBeUndefined();
  }
});

test('nobody approves what they asked for or edited, where names are proven; they may still reject it', () => {
  const who = { requestedBy: 'ada', editedBy: 'bo' };
  const signed = { identity: 'signed' } as const;
  for (const by of ['ada', 'bo']) {
    expect(codeOf(of({ signed: true }, undefined, who), approve(by, signed))).toBe('ownWork');
    expect(
      codeOf(of({ signed: true }, undefined, who), approve(by, { ...signed, decision: 'reject' })),
    ).toBeUndefined();
    expect(codeOf(of({ signed: true, selfApproval: true }, undefined, who), approve(by, signed))).toBeUndefined();
    expect(codeOf(of({}, undefined, who), approve(by))).toBeUndefined();
    expect(codeOf(of({ selfApproval: false }, undefined, who), approve(by))).toBe('ownWork');
  }
  expect(codeOf(of({ signed: true }, undefined, who), approve('cleo', signed))).toBeUndefined();
});

test('a person is one however the name is written, and whoever edited stays an editor', () => {
  const signed = { identity: 'signed' } as const;
  const made = (who: object) => of({ signed: true, approvers: ['Ada@X.org', 'bo'] }, undefined, who);
  expect(codeOf(made({}), approve('ada@x.org', signed))).toBeUndefined();
  expect(codeOf(made({ requestedBy: 'Bo ' }), approve('bo', signed))).toBe('ownWork');
  expect(codeOf(made({ requestedBy: 'ｂｏ' }), approve('bo', signed))).toBe('ownWork');
  expect(codeOf(made({ editors: ['bo', 'cleo'] }), approve('bo', signed))).toBe('ownWork');
});

test('a gate can be approved once it has been open for as long as it has to', () => {
  const policy = of({ minDelay: '10 seconds' });
  expect(codeOf(policy, approve('ada'), 9 * SECOND)).toBe('tooSoon');
  expect(codeOf(policy, approve('ada', { decision: 'reject' }), 0)).toBeUndefined();
  expect(codeOf(policy, approve('ada'), 10 * SECOND)).toBeUndefined();
});

test('a tier says what holds instead, and the rest stays', () => {
  const tier = {
    when: 'true',
    risk: 'high',
    quorum: 2,
    approvers: ['lead'],
    signed: true,
    minDelay: '1 minute',
  } satisfies ApprovalTier;
  expect(of({ approvers: ['ada'], remindAfter: '1 hour' }, tier)).toEqual({
    risk: 'high',
    approvers: ['lead'],
    quorum: 2,
    selfApproval: false,
    minDelayMs: 60 * SECOND,
    signed: true,
    escalateTo: [],
    remindAfterMs: 3600 * SECOND,
    expiresAfterMs: 3 * 24 * 3600 * SECOND,
  });
});

const people = fc.constantFrom('ada', 'bo', 'cleo', 'dan', 'eve');

test('a gate is approved by exactly as many different approvers as have to, of one version, and none of them has made it', () => {
  const step = fc.record({
    by: people,
    verb: fc.constantFrom('approve', 'approve', 'approve', 'revise'),
    identity: fc.constantFrom('signed', 'unverified'),
  });
  const setting = fc.record({
    quorum: fc.integer({ min: 1, max: 4 }),
    signed: fc.boolean(),
    approvers: fc.uniqueArray(people, { minLength: 1 }),
    steps: fc.array(step, { maxLength: 25 }),
  });
  fc.assert(
    fc.property(setting, ({ steps, ...approval }) => {
      const policy = of(approval, undefined, { requestedBy: 'eve' });
      let gate = {
        id: 'main#1',
        state: 'open',
        digests: ['sha256:0'],
        artefact: 'a',
        because: '',
        audit: false,
        openedAt: 0,
        reminders: 0,
        policy,
      } as Gate;
      let counted = new Set<string>();
      let versions = 0;
      for (const { by, verb, identity } of steps) {
        const decision = {
          ...approve(by),
          decision: verb,
          identity,
          digest: gate.digests.at(-1) as string,
          ...(verb === 'revise' ? { output: 1 } : {}),
        } as Decision;
        const received = receive([gate], decision, { at: 1, approvers: ['*'] });
        const may =
          approval.approvers.includes(by) &&
          (!approval.signed || identity === 'signed') &&
          (verb === 'revise' || !approval.signed || ![gate.policy?.requestedBy, gate.policy?.editedBy].includes(by));
        expect(received.kind === 'refused').toBe(!may);
        if (received.kind === 'refused') continue;
        if (verb === 'revise') {
          counted = new Set();
          const version = { artefact: 'b', digest: `sha256:${(versions += 1)}`, because: '' };
          gate = reopen(received.gate, { ...version, policy: { ...policy, editedBy: by } });
          continue;
        }
        expect(received.kind === 'repeated').toBe(counted.has(by));
        counted.add(by);
        gate = received.gate;
        expect(replyOf(gate)).toMatchObject({ have: counted.size, need: approval.quorum });
        expect(gate.state).toBe(counted.size >= approval.quorum ? 'approved' : 'open');
        if (gate.state === 'approved') break;
      }
    }),
    { numRuns: 500 },
  );
});
