import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../contract/messages.ts';
import { current, nextGateId, receive, reopen, replyOf, type Gate } from '../../core/gates.ts';

const digest = (name: string | number) => `sha256:${createHash('sha256').update(String(name)).digest('hex')}`;
const open = (id: string, ...versions: string[]): Gate => ({
  id,
  state: 'open',
  digests: versions,
  artefact: `artefact of ${versions.at(-1)}`,
  because: 'approval rule',
  audit: false,
  openedAt: 0,
  reminders: 0,
});
const approve = (more: Partial<Decision> = {}): Decision => ({
  decision: 'approve',
  by: 'ada@example.com',
  identity: 'unverified',
  ...more,
});
const anybody = { at: 0, approvers: ['*'] };
const whyOf = (gates: readonly Gate[], decision: Decision): string => {
  const received = receive(gates, decision, anybody);
  return received.kind === 'refused' ? received.why : received.kind;
};

describe('a decision is refused', () => {
  const one = open('publish#1', digest(1));

  test('when no gate was opened yet: early', () => {
    expect(whyOf([], approve({ digest: digest(1) }))).toMatch(/^early:/);
  });

  test('when the gate is decided, by another or otherwise: late, with who decided', () => {
    const decided: Gate = { ...one, state: 'approved', decision: approve({ by: 'bob@example.com' }) };
    expect(whyOf([decided], approve({ digest: digest(1) }))).toBe('late: publish#1 is approved by bob@example.com');
  });

  test('when the gate has expired or the run has closed: late', () => {
    for (const state of ['expired', 'closed'] as const)
      expect(whyOf([{ ...one, state }], approve({ digest: digest(1) }))).toBe(`late: publish#1 is ${state}`);
  });

  test('when it names a gate that the run does not have', () => {
    expect(whyOf([one], approve({ gate: 'send#1' }))).toMatch(/^other gate: send#1 .* newest is publish#1$/);
  });

  test('when it names a digest of no gate, with the digest that would count', () => {
    expect(whyOf([one], approve({ digest: digest(2) }))).toContain(`publish#1 with ${digest(1)}`);
    expect(whyOf([one], approve({ gate: 'publish#1', digest: digest(2) }))).toMatch(/^other digest: publish#1 shows/);
  });

  test('when an edit has superseded its digest: edited', () => {
    const edited = open('publish#1', digest(1), digest(2));
    expect(whyOf([edited], approve({ digest: digest(1) }))).toMatch(/^edited: .* now shows/);
  });

  test('when it is bare and the run has opened two gates, or two versions of one', () => {
    expect(whyOf([open('a#1', digest(1)), open('b#1', digest(2))], approve())).toMatch(/^bare:/);
    expect(whyOf([open('a#1', digest(1), digest(2))], approve())).toMatch(/^bare:/);
  });

  test('when its prefix fits two gates', () => {
    const [a, b] = [`sha256:${'ab'.repeat(4)}${'0'.repeat(56)}`, `sha256:${'ab'.repeat(4)}${'1'.repeat(56)}`] as const;
    expect(whyOf([open('a#1', a), open('b#1', b)], approve({ digest: 'abababab' }))).toMatch(/^other digest:/);
    expect(whyOf([open('a#1', a), open('b#1', b)], approve({ digest: 'abababab1' }))).toBe('decided');
  });
});

test('a bare approval counts while the run has one gate with one version', () => {
  expect(receive([open('publish#1', digest(1))], approve(), anybody)).toMatchObject({
    kind: 'decided',
    gate: { id: 'publish#1', state: 'approved', decision: { by: 'ada@example.com' } },
  });
});

test('a unique prefix counts, with or without sha256:', () => {
  for (const prefix of [digest(1).slice(0, 15), digest(1).slice(7, 15)])
    expect(whyOf([open('publish#1', digest(1))], approve({ digest: prefix }))).toBe('decided');
});

test('an edit that is sent again with `approve` is another decision, not a repetition', () => {
  const edit: Decision = { ...approve({ digest: digest(1) }), decision: 'revise', output: { a: 1 } };
  const received = receive([open('publish#1', digest(1))], edit, anybody);
  const gates = received.kind === 'decided' ? [received.gate] : [];
  expect(whyOf(gates, { ...edit, approve: true })).toMatch(/^late:/);
  expect(whyOf(gates, edit)).toBe('repeated');
});

type Move =
  | { readonly kind: 'open'; readonly name: string }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'expire' }
  | { readonly kind: 'decide'; readonly verb: Decision['decision']; readonly target: number; readonly form: number };

const moves = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('open' as const), name: fc.constantFrom('publish', 'send') }),
    fc.record({ kind: fc.constantFrom('reopen' as const, 'expire' as const) }),
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('decide' as const),
        verb: fc.constantFrom('approve' as const, 'reject' as const, 'revise' as const),
        target: fc.nat({ max: 12 }),
        form: fc.nat({ max: 3 }),
      }),
    },
  ),
  { maxLength: 30 },
);

/** The decision of a move: whole digest, prefix, bare, or with a gate's name. Some digests exist no more, or not yet. */
function decisionOf(move: Extract<Move, { kind: 'decide' }>, gates: readonly Gate[]): Decision {
  const known = digest(move.target);
  const gate = gates[move.target % Math.max(1, gates.length)]?.id ?? 'publish#9';
  const forms: Partial<Decision>[] = [{ digest: known }, { digest: known.slice(7, 17) }, {}, { gate, digest: known }];
  return { ...approve(forms[move.form]), decision: move.verb };
}

test('no sequence of messages leaves a gate decided on a version that was not the current one', () => {
  fc.assert(
    fc.property(moves, (sequence) => {
      let gates: readonly Gate[] = [];
      let versions = 0;
      const put = (changed: Gate) => (gates = gates.map((gate) => (gate.id === changed.id ? changed : gate)));
      for (const move of sequence as Move[]) {
        const newest = gates.at(-1);
        if (move.kind === 'open' && newest?.state !== 'open')
          gates = [...gates, open(nextGateId(gates, move.name), digest((versions += 1)))];
        if (move.kind === 'reopen' && newest?.state === 'revising')
          put(reopen(newest, { artefact: 'another', digest: digest((versions += 1)), because: 'revised' }));
        if (move.kind === 'expire' && newest?.state === 'open') put({ ...newest, state: 'expired' });
        if (move.kind !== 'decide') continue;

        const decision = decisionOf(move, gates);
        const before = structuredClone(gates);
        const received = receive(gates, decision, anybody);
        expect(gates).toEqual(before);
        if (received.kind === 'refused') continue;
        const was = before.find(({ id }) => id === received.gate.id) as Gate;
        if (received.kind === 'repeated') {
          expect(received.gate).toEqual(was);
          continue;
        }
        expect(was.state).toBe('open');
        expect(received.gate).toEqual({ ...was, state: received.gate.state, decision });
        const seen = was.digests.at(-1) as string;
        if (decision.digest === undefined) expect([before.length, was.digests.length]).toEqual([1, 1]);
        else expect(seen.replace('sha256:', '').startsWith(decision.digest.replace('sha256:', ''))).toBe(true);
        put(received.gate);
        // The same message again changes nothing.
        const again = receive(gates, decision, anybody);
        expect(again).toEqual({ kind: 'repeated', gate: received.gate });
      }
      expect(new Set(gates.map(({ id }) => id)).size).toBe(gates.length);
    }),
    { numRuns: 500 },
  );
});

test('another version opens the gate again, forgets the decision and asks for the new digest', () => {
  const decided: Gate = { ...open('publish#1', digest(1)), state: 'revising', decision: approve() };
  const next = reopen(decided, { artefact: 'artefact', digest: digest(2), because: 'revised by ada' });
  expect(next).toMatchObject({ state: 'open', artefact: 'artefact', because: 'revised by ada' });
  expect(next).not.toHaveProperty('decision');
  expect(current(next)).toBe(digest(2));
});

test('an answer about a gate says whose decision counted, and silence is a no', () => {
  const gate = open('publish#1', digest(1));
  expect(replyOf(gate)).toEqual({ gate: 'publish#1', digest: digest(1), state: 'open', by: '', have: 0, need: 1 });
  expect(replyOf({ ...gate, state: 'approved', decision: approve() })).toMatchObject({
    state: 'approved',
    by: 'ada@example.com',
    have: 1,
  });
  expect(replyOf({ ...gate, state: 'expired' })).toMatchObject({ state: 'rejected' });
});
