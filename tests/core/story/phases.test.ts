import { expect, test } from 'vitest';
import { phasesOf } from '../../../core/story/phases.ts';
import { storyOf } from '../../../core/story/tell.ts';
import { correctedRecord, recordOf } from './records.ts';

test('a row a phase; waiting for people is told apart from work, and all of the time is one or the other', () => {
  const record = correctedRecord();
  const story = storyOf(record, { kind: 'unknown' });
  if (story === undefined) throw new Error('there is a story');
  const { rows, workedMs, waitedMs } = phasesOf(story, 10_000);
  expect(rows.map(({ event, waited }) => [event.kind, waited])).toEqual([
    ['context', false],
    ['attempt', false],
    ['attempt', false],
    ['gate', false],
    ['decision', true],
    ['edit', false],
    ['gate', false],
    ['decision', true],
    ['effect', false],
  ]);
  expect(workedMs + waitedMs).toBe((record.run.closedAt ?? 10_000) - record.run.openedAt);
});

test('a gate that is open waits until now', () => {
  const base = recordOf({}, { state: 'awaitingDecision' });
  const gate = {
    gate: 'main#1',
    digest: 'd',
    stage: 'main#1',
    artefact: 'a',
    audit: false,
    because: 'so',
    state: 'open' as const,
    need: 1,
  };
  const at = base.run.openedAt;
  const story = storyOf({ ...base, gates: [{ ...gate, openedAt: at + 100 }] }, { kind: 'unreachable', why: 'away' });
  if (story === undefined) throw new Error('there is a story');
  expect(phasesOf(story, at + 1000)).toMatchObject({ workedMs: 100, waitedMs: 900 });
});
