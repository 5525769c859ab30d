import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApprovalState } from '../../../contract/approvals.ts';
import type { Shown, ShownName } from '../../../contract/loop-evidence.ts';
import type { ContextFacts, GateFacts, RunFacts, ShownFacts, VerdictFacts } from '../../../contract/shown-facts.ts';
import { criticalIn, shownBy } from '../../../core/review/shown.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;

const nothing: ShownFacts = {
  runs: [],
  verdicts: [],
  gates: [],
  contexts: [],
  clusters: [],
  judges: [],
  uncertain: [],
  startsLoops: false,
  answers: [],
  now: NOW,
};

/** The same thing so many times, each in a run of its own. */
function times<T extends object>(count: number, one: T): (T & { runKey: string; workflowId: string })[] {
  return Array.from({ length: count }, (_, index) => ({ ...one, runKey: `k${index}`, workflowId: `loop-${index}` }));
}

const run = (count: number, change: Partial<RunFacts> = {}): RunFacts[] =>
  times(count, {
    outcome: 'accepted' as const,
    reason: '',
    trigger: { kind: 'manual' as const },
    budgetMicroUsd: 50_000,
    costMicroUsd: 0,
    ...change,
  });

const verdict = (count: number, says: 'pass' | 'fail', change: Partial<VerdictFacts> = {}): VerdictFacts[] =>
  times(count, { stage: 'main', verdict: says, criteria: [{ name: 'reader', verdict: says }], ...change });

const gate = (count: number, state: ApprovalState, change: Partial<GateFacts> = {}): GateFacts[] =>
  times(count, { gate: 'main#1', audit: false, state, waitedMs: 60_000, ...change });

const context = (count: number, change: Partial<ContextFacts> = {}): ContextFacts[] =>
  times(count, { given: [], dropped: [], silent: [], ...change });

function look(name: ShownName, facts: Partial<ShownFacts>): Shown {
  const [one] = shownBy({ ...nothing, ...facts }).filter((shown) => shown.name === name);
  if (one === undefined) throw new Error(`${name} is not looked for`);
  return one;
}

test('a loop that has not run shows nothing, good or bad', () => {
  expect(new Set(shownBy(nothing).map(({ state }) => state))).toEqual(new Set(['tooFew']));
});

test.each<[ShownName, string, Partial<ShownFacts>]>([
  ['VerifierNeverRefuses', 'warning', { verdicts: verdict(50, 'pass') }],
  ['VerifierNeverRefuses', 'critical', { verdicts: [...verdict(47, 'pass'), ...verdict(3, 'pass', { person: 'no' })] }],
  [
    'VerifierOverruled',
    'warning',
    { verdicts: [...verdict(5, 'fail', { person: 'yes' }), ...verdict(5, 'fail', { person: 'no' })] },
  ],
  [
    'WrongAlone',
    'critical',
    { gates: [...gate(16, 'approved', { audit: true }), ...gate(4, 'edited', { audit: true })] },
  ],
  [
    'JudgeAdvisory',
    'warning',
    { judges: [{ stage: 'main', judge: 'taste', standing: 'advisory', because: 'TPR .6' }] },
  ],
  ['GateWavedThrough', 'critical', { gates: gate(20, 'approved', { waitedMs: 2000 }) }],
  [
    'GateWavedThrough',
    'warning',
    { gates: [...gate(18, 'approved', { waitedMs: 900 }), ...gate(2, 'rejected', { waitedMs: 900 })] },
  ],
  ['NobodyAnswers', 'warning', { gates: [...gate(5, 'expired'), ...gate(5, 'approved')] }],
  ['CapNeverNear', 'note', { runs: run(30, { costMicroUsd: 4999 }) }],
  ['CapAlwaysHit', 'warning', { runs: [...run(15), ...run(15, { outcome: 'overBudget' })] }],
  ['ContextUnused', 'warning', { contexts: context(20, { given: ['faq'], dropped: ['wiki'] }) }],
  ['ContextUnused', 'warning', { contexts: context(20, { silent: ['wiki'] }) }],
  [
    'SourceFails',
    'warning',
    { runs: run(10, { outcome: 'blocked', reason: 'SourceFailed: Source `wiki` of loop a failed: no' }) },
  ],
  ['ScheduleIdle', 'warning', { runs: run(10, { outcome: 'noWork', trigger: { kind: 'schedule', source: 'daily' } }) }],
  ['EffectUncertain', 'critical', { uncertain: times(1, { effect: 'publish' }) }],
  [
    'LessonsIdle',
    'warning',
    {
      clusters: [
        {
          cluster: 'answer: refund',
          failures: 3,
          newestAt: NOW,
          oldestAt: NOW - 15 * DAY,
          proposed: false,
          runs: times(3, {}),
        },
      ],
    },
  ],
])('%s is found as %s, with the runs behind it', (name, severity, facts) => {
  const shown = look(name, facts);
  expect(shown).toMatchObject({ state: 'found', severity });
  // A judge is found wanting over all that it ever said.
  if (name !== 'JudgeAdvisory') expect(shown.state === 'found' && shown.runs.length).toBeGreaterThan(0);
});

test.each<[string, ShownName, Partial<ShownFacts>]>([
  ['who says no once', 'VerifierNeverRefuses', { verdicts: [...verdict(49, 'pass'), ...verdict(1, 'fail')] }],
  ['noes that people agree with', 'VerifierOverruled', { verdicts: verdict(10, 'fail', { person: 'no' }) }],
  ['an audit that people accept', 'WrongAlone', { gates: gate(20, 'approved', { audit: true }) }],
  ['people who take their time', 'GateWavedThrough', { gates: gate(20, 'approved') }],
  ['people who refuse in haste', 'GateWavedThrough', { gates: gate(20, 'rejected', { waitedMs: 100 }) }],
  ['people who are there', 'NobodyAnswers', { gates: gate(10, 'approved') }],
  ['a cap that is near', 'CapNeverNear', { runs: run(30, { costMicroUsd: 5000 }) }],
  ['a cap that is rarely hit', 'CapAlwaysHit', { runs: [...run(25), ...run(5, { outcome: 'exhausted' })] }],
  [
    'a source that is used now and then',
    'ContextUnused',
    { contexts: [...context(19, { silent: ['faq'] }), ...context(1, { given: ['faq'] })] },
  ],
  [
    'a source that hiccups',
    'SourceFails',
    { runs: [...run(9), ...run(1, { reason: 'SourceFailed: Source `wiki` of loop a failed: no' })] },
  ],
  [
    'a failure that somebody is at',
    'LessonsIdle',
    { clusters: [{ cluster: 'c', failures: 9, newestAt: NOW, oldestAt: 0, proposed: true, runs: [] }] },
  ],
  [
    'a failure that is young',
    'LessonsIdle',
    { clusters: [{ cluster: 'c', failures: 9, newestAt: NOW, oldestAt: NOW - DAY, proposed: false, runs: [] }] },
  ],
])('nothing is wrong with %s (%s)', (_what, name, facts) => {
  expect(look(name, facts).state).toBe('clear');
});

test('nothing is found, and nothing is praised, below what it takes', () => {
  const few: Partial<ShownFacts> = {
    runs: run(9, { outcome: 'overBudget', costMicroUsd: 1, trigger: { kind: 'schedule', source: 'daily' } }),
    verdicts: verdict(49, 'pass'),
    gates: gate(9, 'approved', { audit: true, waitedMs: 0 }),
    contexts: context(19, { silent: ['faq'] }),
    clusters: [{ cluster: 'c', failures: 2, newestAt: NOW, oldestAt: 0, proposed: false, runs: [] }],
  };
  const said = shownBy({ ...nothing, ...few }).filter(({ state }) => state !== 'tooFew');
  expect(said.map(({ name }) => name)).toEqual(['EffectUncertain']);
});

test('whatever the record holds, every look answers, with figures that fit and runs that are there', () => {
  const states = fc.constantFrom<ApprovalState[]>('approved', 'edited', 'answered', 'rejected', 'expired', 'cancelled');
  const facts = fc.record({
    runs: fc.array(
      fc.record({
        outcome: fc.constantFrom<RunFacts['outcome'][]>('accepted', 'exhausted', 'overBudget', 'noWork', 'blocked'),
        costMicroUsd: fc.nat(100_000),
      }),
      { maxLength: 60 },
    ),
    gates: fc.array(fc.record({ state: states, audit: fc.boolean(), waitedMs: fc.nat(5000) }), { maxLength: 60 }),
    verdicts: fc.array(fc.record({ says: fc.constantFrom('pass' as const, 'fail' as const) }), { maxLength: 120 }),
  });
  fc.assert(
    fc.property(facts, ({ runs, gates, verdicts }) => {
      const shown = shownBy({
        ...nothing,
        runs: runs.flatMap((change) => run(1, change)),
        gates: gates.flatMap(({ state, ...change }) => gate(1, state, change)),
        verdicts: verdicts.flatMap(({ says }) => verdict(1, says)),
      });
      for (const one of shown) {
        if (one.state === 'tooFew') expect(one.have).toBeLessThan(one.need);
        if (one.state === 'found') expect(one.runs.length).toBeGreaterThan(0);
        if (one.state !== 'tooFew') expect(one.because).not.toMatch(/NaN|undefined|Infinity/);
      }
      expect(criticalIn(shown).length).toBeLessThanOrEqual(shown.length);
    }),
  );
});
