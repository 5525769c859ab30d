import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Status } from '../../../contract/messages.ts';
import { eventsOf } from '../../../core/story/events.ts';
import { storyOf } from '../../../core/story/tell.ts';
import { correctedRecord, knownOf, recordOf } from './records.ts';

const wordsOf = (events: ReturnType<typeof eventsOf>) =>
  events.map((event) => {
    switch (event.kind) {
      case 'attempt':
        return `attempt ${event.attempt} ${event.verdict}`;
      case 'gate':
        return `gate v${event.version}`;
      case 'decision':
        return event.decision;
      case 'context':
      case 'edit':
      case 'effect':
      case 'raise':
        return event.kind;
    }
  });

test('what happened is told in the order of the run, not of its clocks', () => {
  expect(wordsOf(eventsOf(correctedRecord()))).toEqual([
    'context',
    'attempt 1 fail',
    'attempt 2 pass',
    'gate v1',
    'revise',
    'edit',
    'gate v2',
    'approve',
    'effect',
  ]);
});

test('however far the clocks are apart, a gate follows what it shows and a decision its gate', () => {
  fc.assert(
    fc.property(fc.integer({ min: -5000, max: 5000 }), (skew) => {
      const record = correctedRecord();
      const gates = record.gates.map((gate) => ({ ...gate, openedAt: gate.openedAt + skew }));
      const decisions = record.decisions.map((decision) => ({ ...decision, at: decision.at + skew }));
      const words = wordsOf(eventsOf({ ...record, gates, decisions }));
      expect(words.indexOf('gate v1')).toBeGreaterThan(words.indexOf('attempt 2 pass'));
      expect(words.indexOf('revise')).toBeGreaterThan(words.indexOf('gate v1'));
      expect(words.indexOf('gate v2')).toBeGreaterThan(words.indexOf('edit'));
      expect(words.indexOf('approve')).toBeGreaterThan(words.indexOf('gate v2'));
    }),
  );
});

test('where one approval is not enough, each says which it was', () => {
  const record = correctedRecord();
  const gates = record.gates.map((gate) => ({ ...gate, need: 2 }));
  const [edit, approval] = record.decisions;
  const both = ['ada', 'bo'].map((by, index) => ({ ...approval!, by, at: (approval?.at ?? 0) + index }));
  const events = eventsOf({ ...record, gates, decisions: [edit!, ...both] });
  const counts = events.flatMap((event) =>
    event.kind === 'decision' ? [[event.decision, event.have, event.need]] : [],
  );
  expect(counts).toEqual([
    ['revise', undefined, undefined],
    ['approve', 1, 2],
    ['approve', 2, 2],
  ]);
});

test('an approval says which opinions it overruled', () => {
  const record = correctedRecord();
  const approval = { ask: true, audit: false, because: '' };
  const overruled = { name: 'doubts', verdict: 'pass', evidence: 'overruled by ada; it had said: no' } as const;
  const human = {
    stage: 'main#1',
    artefact: 'sha256:edit',
    author: 'human:ada@example.com',
    at: 1450,
    verdict: { verdict: 'pass' as const, criteria: [overruled] },
    approval,
  };
  const events = eventsOf({ ...record, judgements: [...record.judgements, human] });
  expect(events.find((event) => event.kind === 'decision' && event.decision === 'approve')).toMatchObject({
    overruled: ['doubts'],
  });
});

test('an effect that an earlier run of the work had done is told where this run relied on it', () => {
  const effect = { name: 'label', key: 'w/label', runKey: 'key-0', artefact: 'a', state: 'done' as const, begunAt: 10 };
  const closed = { state: 'closed', outcome: 'accepted', closedAt: 2000 } as const;
  expect(eventsOf(recordOf({ effects: [effect] }, closed))).toMatchObject([{ kind: 'effect', earlier: true }]);
  expect(eventsOf(recordOf({ effects: [effect] }, { ...closed, outcome: 'rejected' }))).toEqual([]);
});

test('nobody knows it: there is no story', () => {
  expect(storyOf(undefined, { kind: 'unknown' })).toBeUndefined();
  expect(storyOf(undefined, { kind: 'unreachable', why: 'down' })).toBeUndefined();
});

test('a run that failed before it was opened is told from Temporal', () => {
  const failure = { type: 'UnknownLoop', message: 'There is no loop "triage".' };
  const story = storyOf(undefined, knownOf({ status: 'FAILED', failure, closedAt: 1100, input: '{"id":"4711"}' }));
  expect(story).toMatchObject({
    began: { at: 1000, input: '{"id":"4711"}' },
    ended: { kind: 'failed', ...failure, at: 1100 },
    events: [],
  });
});

test('a later run under the id that never reached the record is the one that is told, and the older is named', () => {
  const failure = { type: 'InvalidInput', message: 'no' };
  const later = knownOf({ status: 'FAILED', failure, firstRunId: 'first-2', startedAt: 9000 });
  const story = storyOf(correctedRecord(), later);
  expect(story).toMatchObject({ firstRunId: 'first-2', ended: { kind: 'failed' }, others: [{ runKey: 'key-1' }] });
  const earlier = knownOf({ status: 'COMPLETED', firstRunId: 'first-0', startedAt: 10 });
  expect(storyOf(correctedRecord(), earlier)).toMatchObject({ firstRunId: 'first-1', runKey: 'key-1' });
});

test('a run that waits is told with what it says about its gate', () => {
  const live = { state: 'awaitingDecision', gate: 'main#1', gateBecause: 'unsure' } as Status;
  expect(storyOf(recordOf(), knownOf({ live }))?.ended).toEqual({ kind: 'waiting', because: 'unsure', live });
});

test('a run whose worker is away waits as the record says', () => {
  const story = storyOf(recordOf({}, { state: 'awaitingDecision' }), knownOf());
  expect(story?.ended).toEqual({ kind: 'waiting', because: '' });
  expect(story?.notes.join()).toContain('No worker answered');
});

test.each([
  [{ kind: 'unreachable', why: 'refused' } as const, { kind: 'running' }, 'could not be asked (refused)'],
  [{ kind: 'unknown' } as const, { kind: 'unknown' }, ''],
  [knownOf({ status: 'TERMINATED', closedAt: 3000 }), { kind: 'gone', status: 'TERMINATED', at: 3000 }, ''],
  [knownOf(), { kind: 'running' }, 'No worker answered'],
])('a run that never closed on record, with Temporal %j', (temporal, ended, note) => {
  const story = storyOf(recordOf(), temporal);
  expect(story?.ended).toMatchObject(ended);
  expect(story?.notes.join()).toContain(note);
});

test('a closed run whose Temporal is away or forgetful is told whole, and says so', () => {
  for (const [temporal, note] of [
    [{ kind: 'unreachable', why: 'refused' }, 'could not be asked'],
    [{ kind: 'unknown' }, 'Temporal has forgotten this run'],
  ] as const) {
    const story = storyOf(correctedRecord(), temporal);
    expect(story?.ended).toMatchObject({ kind: 'closed', outcome: 'accepted' });
    expect(story?.events).toHaveLength(9);
    expect(story?.notes.join()).toContain(note);
  }
});

test('a run whose content was erased says since when', () => {
  const story = storyOf(recordOf({}, { erasedAt: Date.UTC(2026, 0, 2) }), { kind: 'unknown' });
  expect(story?.notes.join()).toContain('Erased on 2026-01-02 00:00:00Z: what it was given, made and said is gone');
});

test('a run that failed after it was opened says how Temporal shows it', () => {
  const record = recordOf({}, { state: 'closed', outcome: 'blocked', reason: 'UnknownPrice: …', closedAt: 1500 });
  const failure = { type: 'UnknownPrice', message: '…' };
  expect(storyOf(record, knownOf({ status: 'FAILED', failure }))?.ended).toMatchObject({
    outcome: 'blocked',
    temporal: 'FAILED',
  });
});
