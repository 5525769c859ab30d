import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListedRun } from '../../../core/run-table.ts';
import { budgetNote } from '../../../core/schedules/day-budget.ts';
import type { ListedSchedule } from '../../../core/schedules/table.ts';
import { openStore } from '../../../store/index.ts';
import { withRecord } from '../../../worker/record/record-access.ts';
import { ScriptedUp, ticket } from '../../support/scripted-up.ts';
import { until } from '../../support/rig.ts';
import { lookOf } from '../../store/samples.ts';

let up: ScriptedUp;
let file: string;

beforeAll(async () => {
  up = await ScriptedUp.prepare();
  file = join(up.data, '..', 'schedules.yaml');
  up.env['LOOPWRIGHT_SCHEDULES'] = file;
  // What was expected before this owner began: a schedule that is nowhere any more.
  const store = await openStore(up.data, process.pid);
  await store.scheduleLooks.keep(lookOf('gone', { project: 'desk' }));
  await store.scheduleLooks.keep(lookOf('vanished', { project: 'elsewhere' }));
  await store.close();
  await up.begin();
}, 120_000);

afterAll(() => up.dispose());

const yaml = (every: string) => `project: desk
schedules:
  tickets:
    loop: supportTriage
    input: ${ticket('sure', 'by-the-clock')}
    every: ${every}
    overlap: skip
    catchup: 1 minute
`;

const listAll = async () => JSON.parse((await up.command('schedule', 'list', '--json')).stdout) as ListedSchedule[];

const list = async () => (await listAll()).filter(({ project }) => project === 'desk');

test('a file is applied once, its runs are started by it, and what is not in it goes with --prune', async () => {
  await writeFile(file, yaml('1 hour'));
  expect(await up.command('schedule', 'diff')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\+ tickets: create\n/) as unknown,
  });
  expect(await up.command('schedule', 'list')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /\ngone +- +- +LATE .*\ntickets +supportTriage +every 1 hour +not applied /s,
    ) as unknown,
  });
  expect(await up.command('schedule', 'apply')).toMatchObject({ code: 0, stderr: 'Applied.\n' });
  expect(await up.command('schedule', 'apply')).toMatchObject({ code: 0, stderr: 'Nothing to do.\n' });
  expect(await up.command('schedule', 'trigger', 'tickets')).toMatchObject({ code: 0, stdout: '' });
  const ran = await until(
    async () => JSON.parse((await up.command('runs', '--json')).stdout) as ListedRun[],
    (runs) => runs.some(({ outcome }) => outcome === 'accepted'),
  );
  expect(ran[0]).toMatchObject({ trigger: { kind: 'schedule', source: 'tickets' } });
  const [, tickets] = await list();
  expect(tickets).toMatchObject({ id: 'tickets', state: 'ok', lastRun: ran[0]?.workflowId });
  expect(tickets?.spentUsd).toBeGreaterThan(0);

  await writeFile(file, yaml('2 hours'));
  const diff = await up.command('schedule', 'diff', '--json');
  expect(diff.code).toBe(0);
  expect(JSON.parse(diff.stdout)).toMatchObject({
    applied: false,
    steps: [
      { id: 'tickets', kind: 'change', drift: false, differences: [{ field: 'every', from: '1 hour', to: '2 hours' }] },
    ],
  });
  expect((await list())[1]).toMatchObject({ state: 'differs', why: 'every: loopwright schedule diff' });
  await writeFile(file, 'project: desk\n');
  expect((await up.command('schedule', 'apply')).stdout).toContain(
    '- tickets: no longer in the file; --prune removes it',
  );
  expect((await list())[1]).toMatchObject({ state: 'removed' });
  expect(await up.command('schedule', 'apply', '--prune')).toMatchObject({ code: 0, stderr: 'Applied.\n' });
  // What was looked at once and is nowhere any more goes too.
  expect((await listAll()).map(({ id }) => id)).toEqual(['vanished']);
}, 60_000);

test('a pause says who, when and why; trigger and resume refuse what is not there or not ours', async () => {
  await writeFile(file, yaml('1 hour'));
  await up.command('schedule', 'apply');
  expect(await up.command('schedule', 'pause', 'tickets')).toMatchObject({ code: 2 });
  const paused = await up.command('schedule', 'pause', 'tickets', '--reason', 'holidays', '--by', 'ada', '--json');
  const { note } = JSON.parse(paused.stdout) as { note: string };
  expect(note).toMatch(/^Paused by ada at 20\S+Z: holidays$/);
  expect(await list()).toMatchObject([{ id: 'tickets', state: 'paused', why: note }]);
  expect((await up.command('schedule', 'apply')).stdout).toContain(`= tickets: unchanged, paused: ${note}`);
  expect(await up.command('schedule', 'resume', 'tickets')).toMatchObject({ code: 0, stderr: 'tickets goes on.\n' });
  expect(await list()).toMatchObject([{ state: 'ok' }]);

  expect(await up.command('schedule', 'trigger', 'nothing')).toMatchObject({ code: 3 });
  const { client, close } = await up.client();
  await writeFile(file, `${yaml('1 hour')}    budgetUsdPerDay: 0\n`);
  await up.command('schedule', 'apply');
  await client.schedule.getHandle('tickets').pause(budgetNote(0, 0, Date.now()));
  expect(await up.command('schedule', 'resume', 'tickets')).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(/^Nothing was done: Daily budget: .* Sooner: raise its budgetUsdPerDay/) as unknown,
  });
  const action = { type: 'startWorkflow', workflowType: 'x', taskQueue: 'nobody', args: [] } as const;
  await client.schedule.create({ scheduleId: 'by-hand', spec: {}, action });
  await close();
  expect(await up.command('schedule', 'pause', 'by-hand', '--reason', 'no')).toMatchObject({ code: 4 });
  await writeFile(file, yaml('1 hour').replace('tickets:', 'by-hand:'));
  const refused = await up.command('schedule', 'apply', '--prune');
  expect(refused).toMatchObject({
    code: 5,
    stdout: expect.stringMatching(/! by-hand: .* it is left alone/) as unknown,
  });
  expect((await list()).map(({ id }) => id)).toContain('tickets');
}, 60_000);

test('`up` itself looks: what should have run before it began is an alert, which fails `doctor`', async () => {
  const alerts = async () => (await withRecord({ data: up.data, env: {} }, (record) => record.alerts())) ?? [];
  await until(alerts, (open) => open.some(({ key }) => key === 'late:vanished'));
  const { stdout } = await up.command('doctor', '--json');
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { name: string; saw: string }[] };
  const schedules = checks.find(({ name }) => name === 'schedules');
  expect(ok).toBe(false);
  expect(schedules?.saw).toMatch(/^Schedule vanished is LATE: it should have run at 1970-.*not in Temporal any more/);
}, 60_000);

test('a broken file is said by line, and changes nothing; a file that is not there is not found', async () => {
  await writeFile(file, yaml('soon'));
  for (const command of ['diff', 'apply'])
    expect(await up.command('schedule', command)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/schedules\.yaml:6: `schedules\.tickets\.every`: expected a duration/) as unknown,
    });
  const away = { LOOPWRIGHT_SCHEDULES: undefined };
  Object.assign(up.env, away);
  expect(await up.command('schedule', 'apply')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^There is no schedules\.yaml here/) as unknown,
  });
}, 60_000);
