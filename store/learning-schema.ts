import type { Generated } from 'kysely';

/** Tables of what loops learn by, as SQL keeps them (`store/migrations/`). */
export interface LearningTables {
  cases: {
    loop: string;
    id: string;
    input: string;
    expect: string | null;
    never: string | null;
    slice: string;
    related: string;
    source: string;
    cluster: string | null;
    run_key: string | null;
    lesson: number | null;
    sealed: number;
    note: string | null;
    at: number;
    erased_at: number | null;
  };
  experiments: {
    id: string;
    loop: string;
    kind: string;
    baseline: string | null;
    candidate: string;
    change: string | null;
    widens: number;
    cluster: string | null;
    watermark: number;
    seed: number;
    budget: number;
    most: number | null;
    at_least: number | null;
    earlier: string | null;
    workflow_id: string;
    state: string;
    standing: string;
    because: string;
    opened_at: number;
    closed_at: number | null;
  };
  grades: {
    experiment: string;
    arm: string;
    case_id: string;
    seq: number;
    slice: string;
    related: string;
    verdict: string;
    asked: number;
    held: number;
    outcome: string | null;
    because: string;
    criteria: string;
    attempts: number;
    cost: number;
    took_ms: number;
    run_key: string | null;
    at: number;
  };
  harness_moves: {
    id: Generated<number>;
    key: string;
    loop: string;
    from_version: number | null;
    to_version: number;
    kind: string;
    by: string;
    reason: string;
    experiment: string | null;
    e: number | null;
    unproven: number;
    at: number;
  };
  candidates: {
    loop: string;
    digest: string;
    kind: string;
    base: number;
    version: number;
    widens: number;
    manifest: string;
    state: string;
    because: string | null;
    run_key: string;
    experiment: string | null;
    at: number;
    settled_at: number | null;
  };
  failures: {
    loop: string;
    run_key: string;
    cluster: string;
    feedback: string;
    lesson: number;
    at: number;
  };
  lesson_changes: {
    /** From the numbers of lessons. */
    id: number;
    lesson: number;
    loop: string;
    state: string;
    because: string;
    by: string;
    at: number;
  };
  lesson_expiry: { loop: string; after_ms: number | null; unused_for: number | null };
  /** How far the lessons of a loop were looked at for failures and cases. */
  growth: { loop: string; lesson: number };
  judge_records: {
    id: Generated<number>;
    loop: string;
    stage: string;
    judge: string;
    standing: string;
    because: string;
    figures: string;
    at: number;
  };
  judge_answers: {
    loop: string;
    stage: string;
    judge: string;
    kind: string;
    run_key: string;
    artefact: string;
    input_of: string;
    let_through: number;
    orders_changed: number;
    orders_of: number;
    asked: string;
    at: number;
  };
  autonomy: { loop: string; at: number; level: string; because: string; figures: string };
}
