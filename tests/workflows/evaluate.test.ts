import { randomUUID } from 'node:crypto';
import type { WorkflowFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { KeptCase } from '../../contract/case.ts';
import { reportOf } from '../../core/learning/report.ts';
import { reportFor } from '../../gateway/report-for.ts';
import type { EvalStatus } from '../../workflows/evaluate-harness.ts';
import { good, titleLoop } from '../support/loops.ts';
import { rig } from '../support/rig.ts';

const caseOf = (n: number, more: Partial<KeptCase> = {}): KeptCase => ({
  loop: 'writeTitle',
  id: `case${n}`,
  input: { id: `case${n}`, topic: 'owls' },
  expect: { title: 'About owls' },
  slice: 'guard',
  related: `case${n}`,
  source: 'audit',
  sealed: true,
  at: n,
  ...more,
});

test(
  'an eval runs each case once, on what was known before its answer, and says what the cases prove',
  { timeout: 120_000 },
  async () => {
    const one = await rig({
      loops: [{ loop: titleLoop(), harness: 'approval: { when: "input.id == \'a\'" }' }],
      script: () => good('owls'),
    });
    const evaluate = async (input: unknown): Promise<EvalStatus> => {
      const options = { taskQueue: one.taskQueue, workflowId: `eval-${randomUUID()}`, args: [input] };
      return await one.client.workflow.execute('evaluateHarness', options);
    };
    const refusal = async (input: unknown): Promise<string> =>
      await evaluate(input).then(
        () => 'not refused',
        ({ cause }: WorkflowFailedError) => `${(cause as { type?: string }).type}: ${cause?.message}`,
      );
    expect(await refusal(undefined)).toMatch(/^InvalidInput: .*eval/);
    expect(await refusal({ loop: 'writeTitel' })).toMatch(/^UnknownLoop: .*Did you mean "writeTitle"/);
    expect(await refusal({ loop: 'writeTitle', harness: 'v7' })).toMatch(/^InvalidInput: .*has no harness version v7/);
    expect(await evaluate({ loop: 'writeTitle' })).toMatchObject({
      standing: 'inconclusive',
      because: 'there are no cases',
    });

    // A decision, which becomes a case: what it taught is not among what a run of that case may know.
    const decided = await one.start('writeTitle', { id: 'a', topic: 'owls' });
    await one.gate(decided);
    await decided.signal('approve', { by: 'ada@example.com' });
    await decided.result();
    await one.store.cases.add([
      ...Array.from({ length: 18 }, (_, n) => caseOf(n + 1)),
      caseOf(19, { expect: { title: 'About bats' } }),
    ]);
    const known = await one.store.lessons.watermark();
    const pass = await evaluate({ loop: 'writeTitle', atLeast: 0.7 });
    expect(pass).toMatchObject({ graded: 20, of: 20, standing: 'proven' });
    expect(await one.store.experiments.baseline('writeTitle', 'v1')).toMatchObject({ id: pass.experiment });
    expect((await evaluate({ loop: 'writeTitle', atLeast: 0.9 })).standing).toBe('inconclusive');
    const both = await evaluate({ loop: 'writeTitle', harness: 'v1', against: 'v1', most: 3 });
    expect(both).toMatchObject({ graded: 6, of: 6 });

    // The same again, against what it was: nothing has changed.
    const again = await evaluate({ loop: 'writeTitle', against: pass.experiment });
    const later = await one.store.experiments.find(again.experiment);
    expect(later && (await reportFor(one.store, later)).against).toMatchObject({ fixes: 0, breaks: 0 });
    expect(await refusal({ loop: 'writeTitle', against: 'eval-nobody' })).toMatch(
      /^InvalidInput: "eval-nobody" is neither/,
    );

    // Two tokens are 4 micro-USD: what is left never pays for more than it can.
    const poor = await evaluate({ loop: 'writeTitle', budgetUsd: 0.001 });
    expect(poor).toMatchObject({ standing: 'inconclusive', because: expect.stringContaining('within its budget of') });
    const spent = (await one.store.grades.of(poor.experiment)).reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
    expect(spent).toBeLessThanOrEqual(1000);

    const experiment = await one.store.experiments.find(pass.experiment);
    if (experiment === undefined) throw new Error('no experiment');
    const report = reportOf(experiment, await one.store.grades.of(pass.experiment));
    expect(report.shown).toMatchObject([
      { caseId: 'case19', candidate: 'fail', because: 'expected output.title to be "About bats", got "About owls"' },
    ]);
    expect(report.criteria).toMatchObject([{ name: 'schema' }, { name: 'names-the-topic', met: { hits: 20 } }]);
    expect(report.arms[0]?.costMicroUsd).toBeGreaterThan(0);
    const runs = await one.rows(
      `select runs.watermark, runs.dry_run, grades.case_id from grades join runs on runs.run_key = grades.run_key where experiment = '${pass.experiment}'`,
    );
    expect(runs.find((row) => String(row['case_id']).startsWith('c-'))?.['watermark']).toBe(0);
    expect(new Set(runs.map((row) => row['watermark']))).toEqual(new Set([0, known]));
    expect(new Set(runs.map((row) => row['dry_run']))).toEqual(new Set([1]));
    // Runs of cases are no work of the loop.
    expect((await one.store.runs.list({ limit: 100 })).runs.map(({ trigger }) => trigger.kind)).not.toContain('eval');
  },
);
