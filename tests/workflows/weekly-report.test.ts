import { readFile, readdir } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { inject, test } from 'vitest';
import type { Figures } from '../../loops/weeklyReport/collect.ts';
import { draft } from '../../loops/weeklyReport/draft.ts';
import { weeklyReport } from '../../loops/weeklyReport/loop.ts';
import type { Seen } from '../support/fake-openai.ts';
import { plant } from '../support/planted.ts';
import { rig, until, type Rig } from '../support/rig.ts';

const DAY = 86_400_000;
const harness = `
routing: [{ model: default }]
approval: { when: "false" }
limits: { attempts: 3, usd: 0.5, tokens: 4000 }
`;

/** The figures as the model was shown them. */
function shown({ input }: Seen): Figures {
  const [, json = ''] = /<data source="stage collect"[^>]*>\n(.*)\n<\/data>/.exec(input) ?? [];
  return JSON.parse(json) as Figures;
}

async function plantDays(store: Rig['store']): Promise<void> {
  const closedAt = Date.now() - DAY;
  for (let n = 0; n < 12; n += 1) {
    await plant(store, {
      runKey: `planted-${n}`,
      loop: 'supportTriage',
      closedAt: closedAt + n,
      outcome: n < 9 ? 'accepted' : 'rejected',
      calls: [1234],
      gates: n < 9 ? [['approve']] : [['reject']],
      lessons: n < 9 ? ['example'] : ['rejection'],
    });
  }
}

const reports = async ({ folder }: Rig): Promise<Record<string, string>> => {
  const found: string[] = await readdir(join(folder, 'reports')).catch(() => []);
  const names = found.toSorted();
  const read = async (name: string) => [name, await readFile(join(folder, 'reports', name), 'utf8')] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
};

test.concurrent.for<[lie: string, from: string, to: string, named: string]>([
  ['misstates', '- Runs ended rejected: 3', '- Runs ended rejected: 13', 'the report says "13", the store says 3'],
  ['omits', '- Gates rejected: 3\n', '', 'Gates rejected: left out, the store says 3'],
  ['invents', '## Spend', 'Customers were 98% happy.\n\n## Spend', '"98%" in "Customers were 98% happy."'],
])(
  'a model that %s a figure is failed with the figure named, and accepted corrected',
  async ([_lie, from, to, named], { expect, onTestFinished }) => {
    const ours = await rig(
      {
        loops: [{ loop: weeklyReport, harness }],
        script: (seen, count) => {
          const truth = draft(shown(seen));
          return { json: { markdown: count === 1 ? truth.replace(from, to) : `${truth}Written by a model.\n` } };
        },
      },
      onTestFinished,
    );
    await plantDays(ours.store);
    const result = await ours.run('weeklyReport', {});
    // One attempt of `collect`, two of `draft`.
    expect(result).toMatchObject({ outcome: 'accepted', attempts: 3, gates: 0, lessons: 0 });
    expect(ours.model.seen).toHaveLength(2);
    expect(ours.model.seen[0]?.input).not.toContain('was not accepted');
    expect(ours.model.seen[1]?.input).toContain(named);
    const [written, ...others] = Object.values(await reports(ours));
    expect(others).toEqual([]);
    expect(written).toContain('- Runs ended rejected: 3\n');
    expect(written).toContain('Written by a model.');
  },
);

test.concurrent('a model that keeps lying publishes nothing', async ({ expect, onTestFinished }) => {
  const ours = await rig(
    {
      loops: [{ loop: weeklyReport, harness }],
      script: (seen, count) => ({ json: { markdown: `${draft(shown(seen))}\nBy the way: ${count}\n` } }),
    },
    onTestFinished,
  );
  await plantDays(ours.store);
  expect(await ours.run('weeklyReport', {})).toMatchObject({ outcome: 'exhausted', attempts: 4 });
  expect(await reports(ours)).toEqual({});
});

test.concurrent('without runs in the period there is nothing to do', async ({ expect, onTestFinished }) => {
  const ours = await rig({ loops: [{ loop: weeklyReport, harness }] }, onTestFinished);
  await plantDays(ours.store);
  await plant(ours.store, { runKey: 'own', loop: 'weeklyReport', closedAt: Date.now() - 1000, outcome: 'accepted' });
  const handle = await ours.start('weeklyReport', { days: 1 });
  expect(await handle.result()).toMatchObject({ outcome: 'noWork', reason: expect.stringContaining('No runs closed') });
  expect(ours.model.seen).toEqual([]);
  expect(await reports(ours)).toEqual({});
});

test.concurrent('a run that closed before the cut counts, though its record came a moment later', async ({
  expect,
  onTestFinished,
}) => {
  const ours = await rig(
    { loops: [{ loop: weeklyReport, harness: harness.replace('default', 'local') }] },
    onTestFinished,
  );
  const handle = await ours.start('weeklyReport', {});
  const { startTime } = await handle.describe();
  const late = {
    runKey: 'late',
    loop: 'supportTriage',
    closedAt: startTime.getTime() - 1,
    outcome: 'accepted',
  } as const;
  await plant(ours.store, late);
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', attempts: 2 });
  expect(Object.values(await reports(ours))).toEqual([expect.stringContaining('- Runs: 1\n')]);
});

test.concurrent('an input that is none says what it may be', async ({ expect, onTestFinished }) => {
  const ours = await rig({ loops: [{ loop: weeklyReport, harness }] }, onTestFinished);
  await expect(ours.run('weeklyReport', { days: 0 })).rejects.toMatchObject({
    cause: { type: 'InvalidInput', message: expect.stringContaining('days') },
  });
});

test.concurrent('where a person has to look, even a person cannot publish a wrong figure', async ({
  expect,
  onTestFinished,
}) => {
  const asking = harness.replace('"false"', '"true"').replace('default', 'local');
  const ours = await rig({ loops: [{ loop: weeklyReport, harness: asking }] }, onTestFinished);
  await plantDays(ours.store);
  const handle = await ours.start('weeklyReport', {});
  const { gateDigest: digest, gateArtefact } = await ours.gate(handle);
  const { markdown } = gateArtefact as { markdown: string };
  const decide = (decision: object) =>
    handle.executeUpdate('decide', { args: [{ by: 'ada@example.com', digest, ...decision }] });
  const lie = markdown.replace('Runs ended rejected: 3', 'Runs ended rejected: 0');
  await decide({ decision: 'revise', output: { markdown: lie }, approve: true });
  const { gateBecause } = await ours.gate(handle);
  expect(gateBecause).toContain('Runs ended rejected: the report says "0", the store says 3');
  await decide({ decision: 'revise', output: { markdown: `${markdown}Seen by Ada.\n` }, approve: true });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  expect(Object.values(await reports(ours))).toEqual([expect.stringContaining('Seen by Ada.')]);
});

test.concurrent('a backfill over three weeks writes three reports, each on its own week', async ({
  expect,
  onTestFinished,
}) => {
  const ours = await rig(
    { loops: [{ loop: weeklyReport, harness: harness.replace('default', 'local') }] },
    onTestFinished,
  );
  const mondays = ['2026-06-01T09:00:00Z', '2026-06-08T09:00:00Z', '2026-06-15T09:00:00Z'];
  for (const [week, monday] of mondays.entries()) {
    for (let n = 0; n < week * 10 + 1; n += 1) {
      const closedAt = Date.parse(monday) - 1 - n * 3_600_000;
      await plant(ours.store, { runKey: `${week}-${n}`, loop: 'supportTriage', closedAt, outcome: 'accepted' });
    }
  }
  const scheduleId = `weekly-${ours.taskQueue}`;
  const schedule = await ours.client.schedule.create({
    scheduleId,
    spec: { cronExpressions: ['0 9 * * MON'] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
    state: { paused: true },
    action: {
      type: 'startWorkflow',
      workflowType: 'weeklyReport',
      workflowId: scheduleId,
      taskQueue: ours.taskQueue,
      args: [{}],
    },
  });
  onTestFinished(() => schedule.delete());
  const backfill = ['schedule', 'backfill', '--address', inject('temporal'), '--schedule-id', scheduleId];
  const period = ['--start-time', '2026-05-30T00:00:00Z', '--end-time', '2026-06-16T00:00:00Z'];
  await promisify(execFile)(inject('temporalCli'), [...backfill, ...period, '--overlap-policy', 'AllowAll']);
  const ended = (outcome: string) =>
    ours.rows(`select work_key from runs where loop = 'weeklyReport' and outcome = '${outcome}'`);
  const allEnded = (outcome: string) =>
    until(
      () => ended(outcome),
      (rows) => rows.length === mondays.length,
    );
  await allEnded('accepted');
  for (const monday of mondays) {
    expect(await (await ours.adopt(`${scheduleId}-${monday}`)).result()).toMatchObject({ outcome: 'accepted' });
  }
  const written = await reports(ours);
  expect(Object.keys(written)).toEqual([
    'weeklyReport-2026-06-01T090000Z-7d.md',
    'weeklyReport-2026-06-08T090000Z-7d.md',
    'weeklyReport-2026-06-15T090000Z-7d.md',
  ]);
  expect(Object.values(written).map((text) => text.match(/^- (?:Period|Runs): .*/gm))).toEqual([
    ['- Period: 2026-05-25T09:00:00Z to 2026-06-01T09:00:00Z', '- Runs: 1'],
    ['- Period: 2026-06-01T09:00:00Z to 2026-06-08T09:00:00Z', '- Runs: 11'],
    ['- Period: 2026-06-08T09:00:00Z to 2026-06-15T09:00:00Z', '- Runs: 21'],
  ]);
  const again = [...backfill, ...period, '--overlap-policy', 'AllowAll'];
  await promisify(execFile)(inject('temporalCli'), again);
  await allEnded('noWork');
  for (const monday of mondays) await ours.adopt(`${scheduleId}-${monday}`);
  expect(await reports(ours)).toEqual(written);
  expect(await ended('accepted')).toHaveLength(3);
});
