import type { Generated } from 'kysely';

/** Tables as SQL keeps them (`store/migrations/`). Only the adapters in this folder know these rows. */
export interface Tables {
  artefacts: { digest: string; body: string };
  artefact_owners: { digest: string; run_key: string; keep: string };
  runs: {
    run_key: string;
    loop: string;
    workflow_id: string;
    first_run_id: string;
    work_key: string;
    harness: string;
    trigger_kind: string;
    trigger: string;
    input: string;
    watermark: number;
    prices: string;
    budget: number;
    dry_run: number;
    as_of: number;
    opened_at: number;
    closed_at: number | null;
    outcome: string | null;
    reason: string | null;
    artefact: string | null;
    duplicate_of: string | null;
    tenant: string | null;
    erased_at: number | null;
  };
  work: { work_key: string; run_key: string; state: string };
  contexts: { run_key: string; stage: string; manifest: string; at: number };
  attempts: {
    run_key: string;
    stage: string;
    attempt: number;
    artefact: string;
    author: string;
    at: number;
    strategy: string | null;
    strategy_because: string | null;
    passed_over: string | null;
  };
  judgements: {
    run_key: string;
    stage: string;
    artefact: string;
    author: string;
    verdict: string;
    body: string;
    at: number;
  };
  verifier_findings: {
    run_key: string;
    stage: string;
    artefact: string;
    author: string;
    asked: string;
    body: string;
    at: number;
  };
  gates: {
    run_key: string;
    gate: string;
    digest: string;
    stage: string;
    artefact: string;
    audit: number;
    because: string;
    opened_at: number;
  };
  decisions: {
    key: string;
    run_key: string;
    gate: string;
    digest: string;
    decision: string;
    by: string | null;
    identity: string | null;
    note: string | null;
    body: string;
    at: number;
  };
  lessons: {
    id: Generated<number>;
    key: string;
    loop: string;
    kind: string;
    text: string;
    input: string;
    output: string | null;
    predicted: string | null;
    trust: string;
    run_key: string;
    source: string;
    by: string | null;
    artefact: string | null;
    created_at: number;
    erased_at: number | null;
  };
  effects: {
    key: string;
    run_key: string;
    name: string;
    artefact: string;
    state: string;
    result: string | null;
    begun_at: number;
    done_at: number | null;
  };
  outbox: { topic: string; key: string; body: string };
  ledger: {
    run_key: string;
    loop: string;
    stage: string;
    attempt: number;
    call: string;
    execution: string;
    activity_attempt: number;
    model: string;
    state: string;
    reserved: number;
    booked: Generated<number>;
    input_tokens: Generated<number>;
    output_tokens: Generated<number>;
    budgets: string;
    at: number;
    lease_until: number;
    response: string | null;
    cached_tokens: Generated<number>;
    tenant: string | null;
  };
  budgets: {
    id: string;
    cap: number;
    reserved: Generated<number>;
    spent: Generated<number>;
    warned: number | null;
  };
  budget_raises: {
    key: string;
    budget: string;
    run_key: string;
    micro_usd: number;
    by: string;
    reason: string;
    at: number;
  };
  budget_waits: { run_key: string; at: number; budget: string; need: number; ended_at: number | null };
  harnesses: {
    loop: string;
    version: number;
    body: string;
    digest: string;
    source: string;
    promoted: number;
    at: number;
  };
  harness_pointers: { loop: string; version: number };
  source_answers: { key: string; loop: string; digest: string; body: string; at: number; expires_at: number };
  erasures: {
    id: string;
    at: number;
    by: string;
    reason: string | null;
    subject: string | null;
    counts: string;
  };
  erasure_salt: { one: number; salt: string };
  doubts: { work_key: string; since: number };
  alerts: { key: string; kind: string; about: string; text: string; raised_at: number; cleared_at: number | null };
  schedule_looks: {
    id: string;
    project: string;
    times: string;
    expected: number | null;
    paused_at: number | null;
    looked_at: number;
    alert_after: number;
    budget: number | null;
    missed: number;
    skipped: number;
  };
  inbox: {
    id: Generated<number>;
    source: string;
    delivery: string;
    event: string;
    received_at: number;
    body: string | null;
    state: string;
    begun: Generated<number>;
    workflow_id: string | null;
    reason: string | null;
  };
  audit: {
    seq: number;
    at: number;
    kind: string;
    body: string;
    body_digest: string;
    prev: string;
    hash: string;
  };
  inbox_versions: { source: string; subject: string; version: number };
  review_answers: { loop: string; check: string; at: number; answer: string; note: string | null; by: string };
}
