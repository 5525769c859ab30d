import type { LessonKind } from '../../contract/lesson.ts';
import type { Decision } from '../../contract/messages.ts';
import type { Outcome } from '../../contract/outcomes.ts';
import type { Trigger } from '../../contract/run.ts';
import { digestOf } from '../../store/index.ts';
import type { CallKey, NewLesson, Store } from '../../store/ports.ts';

/** A run as a test plants it in the store: closed at a time of the test's choice. */
export interface PlantedRun {
  readonly runKey: string;
  readonly loop: string;
  readonly closedAt: number;
  readonly outcome: Outcome;
  /** Default: a person. */
  readonly trigger?: Trigger;
  /** What its calls cost, in micro-USD. */
  readonly calls?: readonly number[];
  /** What became of its gates, one list of decisions each. */
  readonly gates?: readonly (readonly PlantedDecision[])[];
  readonly lessons?: readonly LessonKind[];
  /** Its gates were drawn for an audit. */
  readonly audited?: boolean;
  /** How long people took to decide, in milliseconds. Default: no time. */
  readonly waitedMs?: number;
}

/** What a person, or nobody, did at a gate. */
export type PlantedDecision = 'approve' | 'reject' | 'expire' | 'edit' | 'feedback';

const DECISIONS: Readonly<Record<PlantedDecision, Decision | { readonly decision: 'expire' }>> = {
  approve: { decision: 'approve', by: 'ada', identity: 'unverified', note: 'a note about "output": 12' },
  reject: { decision: 'reject', by: 'ada', identity: 'unverified', note: 'no' },
  expire: { decision: 'expire' },
  edit: { decision: 'revise', by: 'ada', identity: 'unverified', output: { title: 'Better' } },
  feedback: { decision: 'revise', by: 'ada', identity: 'unverified', feedback: 'the "output": shorter' },
};

/** Puts a run into the store through its ports, as the activities would have. */
export async function plant(store: Store, run: PlantedRun): Promise<void> {
  const { runKey, loop, closedAt, audited: audit = false, waitedMs = 0 } = run;
  const openedAt = closedAt - 1000 - waitedMs;
  await store.runs.open({
    runKey,
    loop,
    workflowId: `${loop}-${runKey}`,
    firstRunId: runKey,
    workKey: `${loop}/${runKey}`,
    harness: 'v1',
    trigger: run.trigger ?? { kind: 'manual' },
    input: digestOf('{}'),
    watermark: 0,
    prices: digestOf('{}'),
    budgetMicroUsd: 50_000,
    dryRun: false,
    asOf: openedAt,
    openedAt,
  });
  for (const [index, microUsd] of (run.calls ?? []).entries()) await pay(store, run, index, microUsd, openedAt);
  for (const [index, decisions] of (run.gates ?? []).entries()) {
    const gate = `publish#${index + 1}`;
    for (const [version, planted] of decisions.entries()) {
      const digest = digestOf(`${runKey}/${gate}/${version}`);
      const artefact = digestOf(`artefact of ${digest}`);
      await store.gates.open({ runKey, gate, digest, stage: 'main#1', artefact, audit, because: '', openedAt });
      await store.gates.decide({
        runKey,
        gate,
        digest,
        decision: DECISIONS[planted],
        lessons: [],
        at: openedAt + waitedMs,
      });
    }
  }
  const lessons = (run.lessons ?? []).map((kind, index) => lessonOf(run, kind, index));
  await store.runs.close({ runKey, outcome: run.outcome, reason: 'planted', closedAt, lessons });
}

async function pay(store: Store, run: PlantedRun, index: number, microUsd: number, at: number): Promise<void> {
  const { runKey, loop } = run;
  const call: CallKey = {
    runKey,
    loop,
    stage: 'main#1',
    attempt: index + 1,
    call: 'generate',
    execution: runKey,
    activityAttempt: 1,
  };
  const budgets = [{ id: `run:${runKey}`, capMicroUsd: 1e12 }];
  await store.ledger.reserve(call, { model: 'fake-1', microUsd: microUsd * 2, budgets, at, leaseUntil: at + 60_000 });
  await store.ledger.settle(call, { microUsd, inputTokens: 1, outputTokens: 1 });
}

function lessonOf(run: PlantedRun, kind: LessonKind, index: number): NewLesson {
  const { runKey, loop, closedAt } = run;
  return {
    key: `${runKey}/${index}`,
    loop,
    kind,
    text: 'planted',
    input: {},
    trust: 'untrusted',
    runKey,
    source: 'outcome',
    createdAt: closedAt,
  };
}
