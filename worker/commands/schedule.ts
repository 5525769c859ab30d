import { Command } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { RecordPlace } from '../record/record-access.ts';
import type { Step } from '../schedules/plan.ts';
import { dataOption, paints, who } from './options.ts';

interface Common {
  readonly json: boolean;
  readonly data: string;
}

interface ApplyOptions extends Common {
  readonly dryRun?: boolean;
  readonly prune: boolean;
}

const HELP = `
What starts by the clock stands in schedules.yaml (LOOPWRIGHT_SCHEDULES names another file). The process that owns the
data folder (\`up\` or \`worker\`) watches that each runs when it should, and that its day's budget holds.`;

/** Commands about one schedule, loaded when one is called. */
const one = () => import('../schedules/one-schedule.ts');

/** `loopwright schedule`: what starts by the clock, as a file says it. */
export function scheduleCommand(context: CommandContext): Command {
  const command = new Command('schedule')
    .description('make Temporal start loops by the clock, as schedules.yaml says, and show whether they run')
    .addHelpText('after', HELP);
  const sub = (name: string, description: string, json: string): Command =>
    command
      .command(name)
      .description(description)
      .option('--json', json, false)
      .option(...dataOption(context));
  const steps = 'print one JSON object: { ok, applied, steps }';
  sub('diff', 'say what `apply` would do, and what was changed in Temporal by hand; changes nothing', steps).action(
    (options: Common) => apply(context, { ...options, dryRun: true, prune: false }),
  );
  sub('apply', 'say what differs, then make it so; the same again changes nothing', steps)
    .option('--dry-run', 'only say what differs', false)
    .option('--prune', 'remove schedules of this project that are no longer in the file', false)
    .action((options: ApplyOptions) => apply(context, options));
  sub(
    'list',
    'list schedules: when each runs, and whether one is late or paused',
    'print one JSON array of objects',
  ).action((options: Common) => list(context, options));
  sub('pause', 'start nothing more, until it is resumed', 'print one JSON object: { id, paused, note }')
    .argument('<id>', 'id of a schedule')
    .requiredOption('--reason <words>', 'why; shown wherever the schedule is', who)
    .option('--by <who>', 'who wants it', who)
    .action(async (id: string, options: Common & { reason: string; by?: string }) =>
      (await one()).pause(context, id, options),
    );
  sub(
    'resume',
    'start runs again; times that passed meanwhile are not made up for',
    'print one JSON object: { id, paused }',
  )
    .argument('<id>', 'id of a schedule')
    .action(async (id: string, options: Common) => (await one()).resume(context, id, options));
  sub(
    'trigger',
    'start a run now, under the overlap policy of the schedule',
    'print one JSON object: { id, triggered }',
  )
    .argument('<id>', 'id of a schedule')
    .action(async (id: string, options: Common) => (await one()).trigger(context, id, options));
  return command;
}

async function apply({ env, print, report }: CommandContext, options: ApplyOptions): Promise<void> {
  const [{ connectClient }, { readSchedulesFile }, { planSchedules }, { applySteps }, { listedStep, planText }] =
    await Promise.all([
      import('../cluster/connect-client.ts'),
      import('../schedules/schedules-file.ts'),
      import('../schedules/plan.ts'),
      import('../schedules/apply.ts'),
      import('../schedules/plan-text.ts'),
    ]);
  const { json, data, prune, dryRun } = options;
  const read = await readSchedulesFile(env);
  const { content } = read;
  if (content === undefined) return await refuse(read.mistakes, json, print);
  if (!read.exists)
    throw new CommandError(
      `There is no ${read.file} here. Write one (docs/how-to/run-on-a-schedule.md), or name another with LOOPWRIGHT_SCHEDULES.`,
      EXIT.notFound,
    );
  const { client, close } = await connectClient(env, data);
  try {
    const steps = await planSchedules(client.schedule, content);
    const foreign = steps.some(({ kind }) => kind === 'foreign');
    const applied = dryRun !== true && !foreign;
    if (!json) print(planText(steps, prune));
    if (applied) {
      await applySteps(client.schedule, content, steps, prune);
      if (prune)
        await forget(
          { data, env },
          steps.flatMap(({ kind, id }) => (kind === 'remove' ? [id] : [])),
          content,
        );
    }
    if (json) print(JSON.stringify({ ok: !foreign, applied, steps: steps.map(listedStep) }));
    else if (applied) report(isDone(steps, prune) ? 'Nothing to do.' : 'Applied.');
    if (foreign && dryRun !== true) {
      report('Nothing was applied: an id is somebody else’s.');
      process.exitCode = EXIT.conflict;
    }
  } finally {
    await close();
  }
}

function isDone(steps: readonly Step[], prune: boolean): boolean {
  return steps.every(({ kind }) => kind === 'unchanged' || (kind === 'remove' && !prune));
}

/** Forgets schedules that were removed, and those that are neither in the file nor in Temporal any more. */
async function forget(
  place: RecordPlace,
  removed: readonly string[],
  file: { project: string; schedules: object },
): Promise<void> {
  const { withRecord } = await import('../record/record-access.ts');
  await withRecord(place, async (record) => {
    const { looks } = await record.schedules();
    const stray = looks.filter(({ id, project }) => project === file.project && !(id in file.schedules));
    for (const id of new Set([...removed, ...stray.map(({ id: one }) => one)])) await record.forgetSchedule(id);
    return looks;
  });
}

async function refuse(mistakes: readonly Mistake[], json: boolean, print: (text: string) => void): Promise<void> {
  const [{ mistakeLine }, { plainText }] = await Promise.all([
    import('../../contract/mistake.ts'),
    import('../../core/plain-text.ts'),
  ]);
  if (json) print(JSON.stringify({ ok: false, applied: false, steps: [], mistakes }));
  else for (const mistake of mistakes) print(plainText(mistakeLine(mistake)));
  process.exitCode = EXIT.failure;
}

async function list({ env, print, report }: CommandContext, { json, data }: Common): Promise<void> {
  const [{ connectClient }, { readSchedulesFile }, { listSchedules }, { withRecord }, { scheduleTable }] =
    await Promise.all([
      import('../cluster/connect-client.ts'),
      import('../schedules/schedules-file.ts'),
      import('../schedules/list.ts'),
      import('../record/record-access.ts'),
      import('../../core/schedules/table.ts'),
    ]);
  const { file, content, mistakes } = await readSchedulesFile(env);
  if (content === undefined)
    report(`${file} has ${mistakes.length} mistakes, so nothing is compared with it: loopwright schedule diff`);
  const known = await withRecord({ data, env }, async (record) => ({
    alerts: await record.alerts(),
    record: await record.schedules(),
  }));
  const { client, close } = await connectClient(env, data);
  try {
    const nothing = { alerts: [], record: { looks: [], spent: {} } };
    const schedules = await listSchedules({ client, file: content, ...(known ?? nothing), now: Date.now() });
    if (json) print(JSON.stringify(schedules));
    else if (schedules.length === 0) report('No schedules. Write schedules.yaml, then `loopwright schedule apply`.');
    else print(scheduleTable(schedules, paints(env, process.stdout)));
  } finally {
    await close();
  }
}
