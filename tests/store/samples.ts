import type { GatePolicy } from '../../contract/approvals.ts';
import type { KeptCase } from '../../contract/case.ts';
import type { JudgeRecord, JudgeAnswer } from '../../contract/judges.ts';
import type { Candidate } from '../../contract/candidate.ts';
import type { ScheduleLook } from '../../contract/schedules.ts';
import { judgeFigures } from '../../core/learning/judges.ts';
import type { NoticeLook, PlannedLetter } from '../../store/notices-port.ts';
import type { CallKey, NewLesson, NewRun, Store } from '../../store/ports.ts';

/** A policy that lets everybody decide, and has little patience. */
export const policy: GatePolicy = {
  approvers: ['*'],
  quorum: 1,
  selfApproval: true,
  minDelayMs: 0,
  signed: false,
  escalateTo: [],
  remindAfterMs: 1000,
  expiresAfterMs: 5000,
};

/** A run as it is opened; its work is its own unless said otherwise. */
export function runOf(runKey: string, change: Partial<NewRun> = {}): NewRun {
  return {
    runKey,
    loop: 'triage',
    workflowId: `triage-${runKey}`,
    firstRunId: `first-${runKey}`,
    workKey: `triage/${runKey}`,
    harness: 'v1',
    trigger: { kind: 'manual' },
    input: 'sha256:input',
    watermark: 0,
    prices: 'sha256:prices',
    budgetMicroUsd: 50_000,
    dryRun: false,
    asOf: 1000,
    openedAt: 1000,
    ...change,
  };
}

/** A lesson of a run. */
export function lessonOf(runKey: string, key: string): NewLesson {
  return {
    key,
    loop: 'triage',
    kind: 'example',
    text: 'approved by a person',
    input: { id: key },
    output: { intent: 'refund' },
    trust: 'untrusted',
    runKey,
    source: 'approval',
    by: 'ada@example.com (unverified)',
    createdAt: 1500,
  };
}

/** A candidate for a change of the first version's instructions. */
export function candidateOf(digest: string, change: Partial<Candidate> = {}): Omit<Candidate, 'version'> {
  return {
    loop: 'triage',
    digest,
    kind: 'instruction',
    base: 'v1',
    widens: false,
    manifest: { summary: 'Say it shorter.', fixes: [], risks: [], proposer: 'human:ada' },
    state: 'proposed',
    runKey: `improve-${digest}`,
    at: 1000,
    ...change,
  };
}

/** Who moves a loop to another harness. */
export function moving(key: string): { key: string; loop: string; by: string; reason: string; at: number } {
  return { key, loop: 'triage', by: 'ada', reason: 'shorter is better', at: 2000 };
}

/** A case of a loop. */
export function caseOf(id: string, change: Partial<KeptCase> = {}): KeptCase {
  return {
    id,
    loop: 'triage',
    input: { id },
    expect: { intent: 'refund' },
    slice: 'guard',
    related: id,
    source: 'approval',
    sealed: false,
    at: 1540,
    ...change,
  };
}

/** A look at a schedule. */
export function lookOf(id: string, change: Partial<ScheduleLook> = {}): ScheduleLook {
  const counts = { alertAfterMs: 60_000, missed: 0, skipped: 0 };
  return { id, project: 'default', times: '0 9 * * *', expected: 2000, lookedAt: 1000, ...counts, ...change };
}

/** A look at an approval that finds one notice for one channel. */
export function noticeOf(digest: string, change: Partial<NoticeLook> = {}): [NoticeLook, readonly PlannedLetter[]] {
  const subject = `approval:${digest}@1000`;
  const look = { kind: 'approval', about: digest, since: 1000, subject, at: 1100, settled: false, ...change } as const;
  return [look, [{ id: `${subject}/opened`, channel: 'ops', event: 'opened', dueAt: 1000, ifTold: false }]];
}

/** A judge that was found wanting. */
export const advisory: JudgeRecord = {
  loop: 'triage',
  stage: 'main',
  judge: 'taste',
  standing: 'advisory',
  because: 'it let through too much',
  figures: judgeFigures([]),
  at: 1595,
};

/** What it said to an artefact that people had refused. */
export const trap: JudgeAnswer = {
  kind: 'refused',
  inputOf: 'r0',
  orders: { changed: 0, of: 0 },
  loop: 'triage',
  stage: 'main',
  judge: 'taste',
  runKey: 'r0',
  artefact: 'sha256:bad',
  letThrough: true,
  asked: 'r1',
  at: 1596,
};

/** A paid call of a run. */
export function callOf(runKey: string, change: Partial<CallKey> = {}): CallKey {
  return {
    runKey,
    loop: 'triage',
    stage: 'main#1',
    attempt: 1,
    call: 'generate',
    execution: 'execution-1',
    activityAttempt: 1,
    ...change,
  };
}

const TABLES = [
  'artefacts',
  'artefact_owners',
  'runs',
  'work',
  'contexts',
  'attempts',
  'judgements',
  'verifier_findings',
  'gates',
  'decisions',
  'lessons',
  'effects',
  'outbox',
  'ledger',
  'budgets',
  'harnesses',
  'harness_pointers',
  'harness_moves',
  'candidates',
  'cases',
  'failures',
  'growth',
  'lesson_changes',
  'lesson_expiry',
  'review_answers',
  'inbox',
  'starts',
  'source_answers',
  'erasures',
  'doubts',
  'alerts',
  'schedule_looks',
  'notice_looks',
  'notices',
  'users',
  'api_tokens',
  'sign_in_codes',
  'sessions',
  'judge_records',
  'judge_answers',
] as const;

/** Everything that a store holds, by table. */
export async function contentsOf(store: Store): Promise<Record<string, unknown[]>> {
  const tables = TABLES.map(async (table) => {
    const rows = await store.facts.query(`select * from ${table}`);
    return [table, rows.map((row) => JSON.stringify(row)).toSorted()] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

/** An eval that has just begun. */
export const experiment = {
  id: 'eval-1',
  loop: 'triage',
  kind: 'eval',
  candidate: 'v1',
  widens: false,
  watermark: 0,
  seed: 1,
  budgetMicroUsd: 1,
  workflowId: 'eval-1',
  state: 'running',
  standing: 'collecting',
  because: 'no case has run yet',
  openedAt: 1000,
} as const;
