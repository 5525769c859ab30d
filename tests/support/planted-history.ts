import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { Outcome } from '../../contract/outcomes.ts';
import type { PlantedDecision, PlantedRun } from './planted.ts';

const DAY = 86_400_000;

/** Many runs of `supportTriage` that had nothing to do, one a millisecond from a time on, in one statement. */
export function plantIdle(file: string, from: number, count: number): void {
  const database = new DatabaseSync(file);
  database
    .prepare(
      `insert into runs (run_key, loop, workflow_id, first_run_id, work_key, harness, trigger_kind, trigger, input, watermark,
         opened_at, closed_at, outcome, reason)
       select 'idle-' || value, 'supportTriage', '', '', '', 'v1', 'manual', '{}', '', 0, ?1, ?1 + value, 'noWork', ''
       from (with recursive n(value) as (select 1 union all select value + 1 from n where value < ?2) select value from n)`,
    )
    .run(from, count);
  database.close();
}

/** Runs that closed in the weeks around a time. */
export const historyAround = (asOf: number): fc.Arbitrary<PlantedRun> =>
  fc.record({
    runKey: fc.constant(''),
    loop: fc.constantFrom('supportTriage', 'editorial2', 'weeklyReport', 'writeTitle'),
    closedAt: fc.integer({ min: asOf - 30 * DAY, max: asOf + 10 * DAY }),
    outcome: fc.constantFrom<Outcome[]>('accepted', 'noWork', 'rejected', 'expired', 'exhausted', 'stalled', 'blocked'),
    calls: fc.array(fc.integer({ min: 0, max: 3_000_000 }), { maxLength: 3 }),
    gates: fc.array(
      fc.array(fc.constantFrom<PlantedDecision[]>('approve', 'reject', 'expire', 'edit', 'feedback'), {
        minLength: 1,
        maxLength: 3,
      }),
      { maxLength: 2 },
    ),
    lessons: fc.array(fc.constantFrom('example', 'rejection', 'correction', 'exhausted', 'stalled'), { maxLength: 3 }),
  });
