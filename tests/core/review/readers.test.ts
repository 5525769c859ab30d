import { describe, expect, test } from 'vitest';
import type { ReviewAnswer } from '../../../contract/review-answer.ts';
import type { GateFacts, RunFacts, ShownFacts } from '../../../contract/shown-facts.ts';
import { answerMistake } from '../../../core/review/answers.ts';
import { scheduleUnread } from '../../../core/review/shown/readers.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;

const runs = (count: number, change: Partial<RunFacts> = {}): RunFacts[] =>
  Array.from({ length: count }, (_, index) => ({
    runKey: `k${index}`,
    workflowId: `report-${index}`,
    outcome: 'accepted',
    reason: '',
    trigger: { kind: 'schedule', source: 'weekly' },
    budgetMicroUsd: 50_000,
    costMicroUsd: 0,
    ...change,
  }));

const gates = (count: number, change: Partial<GateFacts> = {}): GateFacts[] =>
  runs(count).map(({ runKey, workflowId }) => {
    return { runKey, workflowId, gate: 'main#1', audit: false, state: 'approved', waitedMs: 60_000, ...change };
  });

const said = (answer: string, daysAgo: number): ReviewAnswer => {
  return { loop: 'report', check: 'trigger.read', answer, by: 'ada', at: NOW - daysAgo * DAY };
};

function look(facts: Partial<ShownFacts>) {
  const none = { verdicts: [], contexts: [], clusters: [], judges: [], uncertain: [], startsLoops: false };
  return scheduleUnread({ runs: [], gates: [], answers: [], now: NOW, ...none, ...facts });
}

describe('who reads what a schedule makes', () => {
  test('is asked where no gate has people decide it, with what is on record', () => {
    expect(look({ runs: runs(3) })).toMatchObject({
      state: 'asked',
      check: 'trigger.read',
      because: 'people decided 0 of 3 (0 %) of what `weekly` made; who reads the rest is on no record',
    });
  });

  test('is not asked before there is something to read', () => {
    expect(look({ runs: runs(2) }).state).toBe('tooFew');
    expect(look({ runs: runs(20, { outcome: 'noWork' }) }).state).toBe('tooFew');
    expect(look({ runs: runs(20, { trigger: { kind: 'manual' } }) }).state).toBe('tooFew');
  });

  test('is on record where people decide at least half of it, and a yes in two seconds is no reading', () => {
    expect(look({ runs: runs(4), gates: gates(2) }).state).toBe('clear');
    expect(look({ runs: runs(4), gates: gates(1) }).state).toBe('asked');
    expect(look({ runs: runs(4), gates: gates(4, { waitedMs: 2000 }) }).state).toBe('asked');
    expect(look({ runs: runs(4), gates: gates(4, { waitedMs: 900, state: 'rejected' }) }).state).toBe('clear');
    expect(look({ runs: runs(4, { outcome: 'expired' }), gates: gates(4, { state: 'expired' }) }).state).toBe('asked');
  });

  test('is for the review of another loop to ask where it only starts others', () => {
    expect(look({ runs: runs(9), startsLoops: true }).state).toBe('clear');
  });

  test('counts as answered for 90 days, with who said it and when, and is asked again', () => {
    const ada = 'ada said on 1970-04-10: Bo ordered two pumps after it';
    const answers = [said('Bo ordered two pumps after it', 1)];
    expect(look({ runs: runs(5), answers })).toMatchObject({ state: 'clear', because: ada, check: 'trigger.read' });
    const old = look({ runs: runs(5), answers: [said('Bo ordered two pumps after it', 91)] });
    expect(old).toMatchObject({ state: 'asked' });
    expect('because' in old && old.because).toContain('more than 90 days ago');
  });

  test.each(['nobody', 'Nobody.', 'no', 'No one, since May', 'none'])('"%s" is a finding, with the runs', (answer) => {
    const found = look({ runs: runs(5), answers: [said(answer, 0)] });
    expect(found).toMatchObject({ state: 'found', severity: 'warning', check: 'trigger.read' });
    expect(found.state === 'found' && found.runs).toHaveLength(5);
  });

  test.each(['Nora files it', 'Noone-Smith orders by it'])('"%s" is somebody', (answer) => {
    expect(look({ runs: runs(5), answers: [said(answer, 0)] }).state).toBe('clear');
  });

  test('a bare yes says neither who nor what', () => {
    expect(answerMistake('trigger.read', 'yes')).toContain('expected who reads it');
    expect(answerMistake('trigger.read', 'nobody')).toBeUndefined();
  });
});
