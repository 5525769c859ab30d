import type { RunRecord } from '../../../contract/run-record.ts';
import type { TemporalFacts } from '../../../core/story/story.ts';

/** A record of a run that has just been opened, changed as a test wants it. */
export function recordOf(change: Partial<RunRecord> = {}, run: Partial<RunRecord['run']> = {}): RunRecord {
  return {
    run: {
      workflowId: 'triage-4711',
      runKey: 'key-1',
      firstRunId: 'first-1',
      loop: 'triage',
      state: 'running',
      openedAt: 1000,
      attempts: 0,
      gates: 0,
      lessons: 0,
      costMicroUsd: 0,
      harness: 'v3',
      dryRun: false,
      trigger: { kind: 'manual', by: 'ada@example.com' },
      workKey: 'triage/4711',
      budgetMicroUsd: 50_000,
      watermark: 12,
      asOf: 1000,
      ...run,
    },
    input: '{"id":"4711"}',
    contexts: [],
    attempts: [],
    judgements: [],
    gates: [],
    decisions: [],
    effects: [],
    calls: [],
    lessons: [],
    raises: [],
    others: [],
    ...change,
  };
}

/** A run as Temporal knows it; the record's own unless changed. */
export function knownOf(change: Partial<Extract<TemporalFacts, { kind: 'known' }>> = {}): TemporalFacts {
  return {
    kind: 'known',
    status: 'RUNNING',
    workflowId: 'triage-4711',
    loop: 'triage',
    runId: 'first-1',
    firstRunId: 'first-1',
    startedAt: 1000,
    ...change,
  };
}

/** A run that was corrected at its gate, as the record tells it. */
export function correctedRecord(): RunRecord {
  const stage = 'main#1';
  const pass = { verdict: 'pass', criteria: [{ name: 'quotes', verdict: 'pass', evidence: 'seen' }] } as const;
  const approval = { ask: true, audit: false, because: 'approval rule: output.confidence < 0.9' };
  const who = { by: 'ada@example.com', identity: 'unverified' };
  const gate = { gate: 'main#1', stage, audit: false };
  return recordOf(
    {
      contexts: [
        {
          stage: 'main',
          at: 1010,
          manifest: {
            tokens: 300,
            budgetTokens: 4000,
            watermark: 12,
            parts: [
              {
                source: 'lessons',
                trust: 'untrusted',
                keep: 'durable',
                tokens: 50,
                digest: 'sha256:l',
                why: 'what people decided',
                lessons: [3],
              },
              {
                source: 'documents(kb): a.md',
                trust: 'trusted',
                keep: 'durable',
                tokens: 100,
                digest: 'sha256:a',
                why: 'facts',
              },
              {
                source: 'documents(kb): b.md',
                trust: 'trusted',
                keep: 'durable',
                tokens: 150,
                digest: 'sha256:b',
                why: 'facts',
                cutFromTokens: 900,
              },
              {
                source: 'http(example.com)',
                trust: 'untrusted',
                keep: 'run',
                tokens: 10,
                digest: 'sha256:p',
                why: 'news',
                origin: 'https://example.com/a',
                cachedForMs: 61_000,
                incomplete: 'the first 10 rows',
              },
            ],
            dropped: [{ source: 'documents(kb): c.md', tokens: 5000, why: 'the token budget was used up' }],
          },
        },
      ],
      attempts: [
        { stage, attempt: 1, artefact: 'sha256:one', author: 'model:fake-1', at: 1100, output: '{"intent":"x"}' },
        { stage, attempt: 2, artefact: 'sha256:two', author: 'model:fake-1', at: 1200, output: '{"intent":"y"}' },
      ],
      judgements: [
        {
          stage,
          artefact: 'sha256:one',
          author: 'verifiers',
          at: 1100,
          verdict: { verdict: 'fail', criteria: [{ name: 'quotes', verdict: 'fail', evidence: 'no quote' }] },
          approval,
        },
        {
          stage,
          artefact: 'sha256:two',
          author: 'verifiers',
          at: 1200,
          verdict: { ...pass, criteria: [...pass.criteria] },
          approval,
        },
        {
          stage,
          artefact: 'sha256:edit',
          author: 'verifiers/edit',
          at: 1410,
          verdict: { ...pass, criteria: [...pass.criteria] },
          approval,
        },
      ],
      // The workflow's clock is a little behind the activities'.
      gates: [
        {
          ...gate,
          digest: 'sha256:g1',
          artefact: 'sha256:two',
          because: approval.because,
          openedAt: 1190,
          state: 'edited',
          need: 1,
        },
        {
          ...gate,
          digest: 'sha256:g2',
          artefact: 'sha256:edit',
          because: 'revised by ada@example.com',
          openedAt: 1400,
          state: 'approved',
          need: 1,
        },
      ],
      decisions: [
        { gate: 'main#1', digest: 'sha256:g1', decision: 'revise', ...who, output: { intent: 'z' }, at: 1400 },
        { gate: 'main#1', digest: 'sha256:g2', decision: 'approve', ...who, note: 'better so', at: 1400 },
      ],
      effects: [
        {
          name: 'label',
          key: 'triage/4711/label',
          runKey: 'key-1',
          artefact: 'sha256:edit',
          state: 'done',
          begunAt: 1500,
          doneAt: 1510,
          result: '"ok"',
        },
      ],
      calls: [
        {
          stage,
          attempt: 1,
          call: 'generate',
          model: 'fake-1',
          state: 'uncertain',
          reservedMicroUsd: 900,
          bookedMicroUsd: 900,
          inputTokens: 0,
          outputTokens: 0,
          at: 1050,
        },
        {
          stage,
          attempt: 1,
          call: 'generate',
          model: 'fake-1',
          state: 'settled',
          reservedMicroUsd: 900,
          bookedMicroUsd: 140,
          inputTokens: 100,
          outputTokens: 20,
          at: 1060,
        },
      ],
      lessons: [
        { id: 13, kind: 'example', text: 'better so', source: 'edit', by: 'ada@example.com (unverified)', at: 1400 },
      ],
    },
    {
      state: 'closed',
      outcome: 'accepted',
      reason: 'Verified, approved where needed, and done.',
      closedAt: 1600,
      costMicroUsd: 1040,
    },
  );
}
