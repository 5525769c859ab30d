import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import type { CommandContext } from '../command.ts';
import { dataOption, LOOPS_OPTION, paints } from './options.ts';

/** How long a look at a server may take. */
const TIMEOUT_MS = 5000;

/** How long what a check left running, such as a timer of somebody's loop, may hold up the end. */
const GRACE_MS = 200;

interface Options {
  readonly fix: boolean;
  readonly json: boolean;
  readonly loops?: string;
  readonly data: string;
}

/** `loopwright doctor`: whether everything that a loop needs is there, and what to do where it is not. */
export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('look at everything that loops need: each line is ok, or says what to do')
    .option(
      '--fix',
      'do what is safe: make the data folder, add search attributes, fetch the Temporal CLI and the weights',
      false,
    )
    .option(...LOOPS_OPTION)
    .option(...dataOption(context))
    .option('--json', 'print one JSON object: { ok, checks, next }', false)
    .action((options: Options) => run(context, options));
}

async function run({ env, cacheDir, report, print }: CommandContext, options: Options): Promise<void> {
  const [{ doctor }, { loopsHere }, { commandOf }, { jsonOf, linesOf, nextOf, summaryOf }] = await Promise.all([
    import('../doctor/doctor.ts'),
    import('../no-loop.ts'),
    import('../doctor/check.ts'),
    import('../doctor/report.ts'),
  ]);
  const { fix, json, data } = options;
  const loops = options.loops ?? (await loopsHere({ report }));
  const settings = {
    env,
    cacheDir,
    data,
    cwd: process.cwd(),
    timeoutMs: TIMEOUT_MS,
    now: Date.now,
    identity: `doctor@${randomUUID()}`,
    ...(loops === undefined ? {} : { loops }),
  };
  const colour = paints(env, process.stdout);
  let width = 0;
  const diagnosis = await doctor({
    ...settings,
    ...(fix ? { mend: report } : {}),
    began: (names) => (width = Math.max(...names.map((name) => name.length))),
    examined: (one) => {
      if (!json) for (const line of linesOf(one, { width, colour })) print(line);
    },
  });
  const next = { ready: 'loopwright runs', ...(fix ? {} : { fix: commandOf(settings, 'doctor --fix') }) };
  if (json) {
    const checks = diagnosis.checks.map(jsonOf);
    print(JSON.stringify({ ok: diagnosis.ok, checks, next: nextOf(diagnosis.checks, next) }));
  } else print(`\n${summaryOf(diagnosis, next)}`);
  process.exitCode = diagnosis.ok ? EXIT.ok : EXIT.failure;
  setTimeout(() => process.exit(), GRACE_MS).unref();
}
