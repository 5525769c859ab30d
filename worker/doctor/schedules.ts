import { Client } from '@temporalio/client';
import { mistakeLine } from '../../contract/mistake.ts';
import { isOfSchedule } from '../../core/schedules/watch.ts';
import { openAlerts } from '../../store/inspect.ts';
import { planSchedules } from '../schedules/plan.ts';
import type { SchedulesFile } from '../schedules/schedules-file.ts';
import { commandOf, ok, skipped, type Check, type DoctorSettings, type Finding } from './check.ts';
import type { ServerFinder } from './server.ts';

/** Whether what starts by the clock is as its file says, and runs when it should. */
export function schedulesCheck(settings: DoctorSettings, read: SchedulesFile, server: ServerFinder): Check {
  return { name: 'schedules', run: () => look(settings, read, server) };
}

async function look(settings: DoctorSettings, read: SchedulesFile, { find }: ServerFinder): Promise<Finding> {
  const { file, exists, content, mistakes } = read;
  if (content === undefined)
    return {
      kind: 'fail',
      saw: mistakes.map(mistakeLine).join('\n'),
      fix: 'mend the file at those places, then loopwright schedule apply',
    };
  const alerts = openAlerts(settings.data).filter(isOfSchedule);
  const late = alerts.filter(({ kind }) => kind === 'late');
  const list = commandOf({ ...settings, loops: undefined }, 'schedule list');
  if (late.length > 0)
    return { kind: 'fail', saw: late.map(({ text }) => text).join('\n'), fix: `see why: ${list}`, command: list };
  if (!exists) return ok(`no ${file}: nothing of ours starts by the clock`);
  const up = await find();
  if (up.kind !== 'up') return skipped('no Temporal server to ask');
  const { connection, namespace } = up;
  const steps = await planSchedules(new Client({ connection, namespace }).schedule, content);
  const counted = (kind: (typeof steps)[number]['kind']): number => steps.filter((step) => step.kind === kind).length;
  const different = steps.length - counted('unchanged');
  const diff = commandOf({ ...settings, loops: undefined }, 'schedule diff');
  if (different > 0)
    return {
      kind: 'warn',
      saw: `${different} of ${steps.length} are not in Temporal as ${file} says`,
      fix: `see: ${diff}; then loopwright schedule apply`,
      command: diff,
    };
  if (alerts.length > 0)
    return { kind: 'warn', saw: alerts.map(({ text }) => text).join('\n'), fix: list, command: list };
  return ok(`${steps.length} in Temporal as ${file} says, none late`);
}
