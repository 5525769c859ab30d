import { expect, test } from 'vitest';
import { cronText, parseCron, type Calendar } from '../../../core/schedules/cron.ts';
import { foundDefinition } from '../../../worker/schedules/found.ts';
import { applySteps } from '../../../worker/schedules/apply.ts';
import type { Step } from '../../../worker/schedules/plan.ts';
import { planText } from '../../../worker/schedules/plan-text.ts';
import { until } from '../../support/rig.ts';
import { Lab } from './lab.ts';

const DAILY = {
  cron: '0 9 * * MON-FRI',
  timezone: 'Europe/Paris',
  jitter: '2 minutes',
  overlap: 'bufferOne',
  catchup: '10 minutes',
  input: { text: 'hi' },
  options: { budgetUsd: 0.01 },
  budgetUsdPerDay: 0.5,
  alertAfter: '10 minutes',
  note: 'the morning',
};

const kinds = (steps: readonly Step[]) => steps.map(({ kind }) => kind);

const changes = (steps: readonly Step[]) =>
  steps.flatMap((step) => (step.kind === 'change' ? step.differences : [])).map(({ field, drift }) => [field, drift]);

test('what is applied is in Temporal as the file says, and the same again is unchanged', async () => {
  const lab = await Lab.open();
  const file = lab.file({ daily: DAILY, often: { every: '90 minutes' } });
  expect(kinds(await lab.apply(file))).toEqual(['create', 'create']);
  expect(kinds(await lab.apply(file))).toEqual(['unchanged', 'unchanged']);
  const { action, spec, policies, state } = await lab.schedules.getHandle(lab.id('daily')).describe();
  expect(action).toMatchObject({
    workflowType: 'nobody',
    workflowId: lab.id('daily'),
    taskQueue: 'loops',
    args: [{ text: 'hi' }, { budgetUsd: 0.01 }],
    workflowTaskTimeout: 3000,
  });
  expect(spec).toMatchObject({
    timezone: 'Europe/Paris',
    jitter: 120_000,
    calendars: [{ comment: '0 9 * * MON-FRI' }],
  });
  expect(policies).toMatchObject({ overlap: 'BUFFER_ONE', catchupWindow: 600_000, pauseOnFailure: false });
  expect(state).toMatchObject({ paused: false, note: 'the morning' });
  expect((await lab.schedules.getHandle(lab.id('often')).describe()).spec.intervals).toMatchObject([
    { every: 5_400_000 },
  ]);
});

test('what the file changes is named field by field, and is no drift', async () => {
  const lab = await Lab.open();
  await lab.apply(lab.file({ daily: DAILY }));
  const changed = lab.file({
    daily: { ...DAILY, cron: ['0 9 * * MON-FRI', '@daily'], input: { text: 'ho' }, budgetUsdPerDay: 1, paused: true },
  });
  const steps = await lab.apply(changed);
  expect(changes(steps)).toEqual([
    ['input', false],
    ['cron', false],
    ['budgetUsdPerDay', false],
    ['paused', false],
  ]);
  expect(kinds(await lab.plan(changed))).toEqual(['unchanged']);
  expect((await lab.schedules.getHandle(lab.id('daily')).describe()).state.paused).toBe(true);
  expect(changes(await lab.apply(lab.file({ daily: DAILY }))).at(-1)).toEqual(['paused', false]);
  expect((await lab.schedules.getHandle(lab.id('daily')).describe()).state.paused).toBe(false);
});

test('what was changed by hand is drift, stale arguments and fields of no file too, and is mended', async () => {
  const lab = await Lab.open();
  const file = lab.file({ daily: DAILY });
  await lab.apply(file);
  const handle = lab.schedules.getHandle(lab.id('daily'));
  await handle.update((was) => ({
    ...was,
    spec: { intervals: [{ every: '1 hour' }] },
    action: { ...was.action, args: [{ text: 'old' }] },
    policies: { ...was.policies, overlap: 'ALLOW_ALL', pauseOnFailure: true },
  }));
  const steps = await lab.plan(file);
  expect(changes(steps)).toEqual([
    ['input', true],
    ['options', true],
    ['cron', true],
    ['timezone', true],
    ['jitter', true],
    ['overlap', true],
    ['every', true],
    ['other', true],
  ]);
  expect(planText(steps, false)).toContain(
    'overlap: allowAll → bufferOne  (drift: changed in Temporal since it was applied)',
  );
  expect(planText(steps, false)).toContain('other: {"pauseOnFailure":true} → -  (drift');
  await lab.apply(file);
  expect(kinds(await lab.plan(file))).toEqual(['unchanged']);
});

test('an update by hand that replaces the action loses no mark: all of it is drift, its cap and its grace too', async () => {
  const lab = await Lab.open();
  const file = lab.file({ daily: DAILY });
  await lab.apply(file);
  await lab.schedules.getHandle(lab.id('daily')).update((was) => {
    const { memo: _lost, ...action } = was.action;
    return { ...was, action };
  });
  expect(changes(await lab.apply(file))).toEqual([
    ['budgetUsdPerDay', true],
    ['alertAfter', true],
    ['note', true],
  ]);
  expect(kinds(await lab.plan(file))).toEqual(['unchanged']);
});

test('a pause by hand is no drift and stays, with its reason, also when something else is applied', async () => {
  const lab = await Lab.open();
  await lab.apply(lab.file({ daily: DAILY }));
  await lab.schedules.getHandle(lab.id('daily')).pause('Paused by ada: holidays');
  expect(await lab.plan(lab.file({ daily: DAILY }))).toMatchObject([
    { kind: 'unchanged', paused: 'Paused by ada: holidays' },
  ]);
  expect(changes(await lab.apply(lab.file({ daily: { ...DAILY, catchup: '1 hour' } })))).toEqual([['catchup', false]]);
  const { state, policies } = await lab.schedules.getHandle(lab.id('daily')).describe();
  expect(state).toEqual({ paused: true, note: 'Paused by ada: holidays' });
  expect(policies.catchupWindow).toBe(3_600_000);
});

test('what is no longer in the file goes only when it is told to, and never what is of others or of nobody', async () => {
  const lab = await Lab.open();
  const other = await Lab.open();
  await other.apply(other.file({ theirs: { every: '1 hour' } }));
  const action = { type: 'startWorkflow', workflowType: 'x', taskQueue: 'loops', args: [] } as const;
  await lab.schedules.create({ scheduleId: lab.id('by-hand'), spec: {}, action });
  await lab.apply(lab.file({ keep: { every: '1 hour' }, old: { every: '1 hour' } }));
  const file = lab.file({ keep: { every: '1 hour' } });
  const listed = await until(
    () => lab.plan(file),
    (steps) => steps.length === 2,
  );
  expect(kinds(listed)).toEqual(['unchanged', 'remove']);
  expect(planText(listed, false)).toContain(`- ${lab.id('old')}: no longer in the file; --prune removes it`);
  await applySteps(lab.schedules, file, listed, false);
  await lab.schedules.getHandle(lab.id('old')).describe();
  await applySteps(lab.schedules, file, listed, true);
  await expect(lab.schedules.getHandle(lab.id('old')).describe()).rejects.toThrow();
  await lab.schedules.getHandle(lab.id('by-hand')).describe();
  await lab.schedules.getHandle(other.id('theirs')).describe();

  const taken = lab.file({ 'by-hand': { every: '1 hour' } });
  const steps = await lab.apply(taken, true);
  expect(steps).toContainEqual({ kind: 'foreign', id: lab.id('by-hand') });
  expect((await lab.schedules.getHandle(lab.id('by-hand')).describe()).action.workflowType).toBe('x');
});

test('a schedule that was changed since it was looked at is left alone', async () => {
  const lab = await Lab.open();
  await lab.apply(lab.file({ daily: DAILY }));
  const file = lab.file({ daily: { ...DAILY, catchup: '1 hour' } });
  const steps = await lab.plan(file);
  await lab.schedules.getHandle(lab.id('daily')).pause('Paused by ada');
  await expect(applySteps(lab.schedules, file, steps, false)).rejects.toThrow(/was changed in Temporal since/);
  expect((await lab.schedules.getHandle(lab.id('daily')).describe()).policies.catchupWindow).toBe(600_000);
});

test('what cron means here is what Temporal makes of it', async () => {
  const lab = await Lab.open();
  const crons = [
    '*/5 1,2 1 JAN *',
    '0 0 * * 5-7',
    '1/20 2-20/3 * * *',
    '30 2 * FEB-MAR sun',
    '@monthly',
    '5,6,8 0 31 * *',
    '0 9 * * 1-5/2',
  ];
  // Not our file's: whatever is written goes to Temporal as it is.
  const action = { type: 'startWorkflow', workflowType: 'x', taskQueue: 'loops', args: [] } as const;
  for (const [index, cron] of crons.entries()) {
    const id = lab.id(`cron-${index}`);
    await lab.schedules.create({ scheduleId: id, spec: { cronExpressions: [cron] }, action, state: { paused: true } });
    const found = foundDefinition(await lab.schedules.getHandle(id).describe(), false);
    expect(found.cron, cron).toEqual([cronText(parseCron(cron) as Calendar)]);
  }
});
