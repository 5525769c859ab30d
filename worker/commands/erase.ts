import { Command } from 'commander';
import { Erasable, type Erasure } from '../../contract/erasure.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { Done, WholePlan } from '../keep/erase.ts';
import { dataOption, who } from './options.ts';

interface Options {
  readonly subject?: string;
  readonly run: readonly string[];
  readonly insideWords: boolean;
  readonly yes: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly list: boolean;
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
Without --yes nothing changes: it lists what would go. A subject is an id, an address or a name, as it stands in texts.
All content of a run goes where its name, its work or its input names the subject; of other runs, the texts that do.
Exits with 3 where nothing names it, with 5 where a run that is open stands on what would go.`;

/** `loopwright erase`: a customer's content, gone. */
export function eraseCommand(context: CommandContext): Command {
  return new Command('erase')
    .description("erase a customer's content from the store, its texts and its lessons, with a record that it was")
    .option('--subject <words>', 'whose: an id, an address or a name; `-` reads it from stdin')
    .option('--run <run...>', 'runs by workflow id or run key, whatever they name', [])
    .option('--inside-words', 'also where the subject is part of a longer word', false)
    .option('--yes', 'erase, and do not only list', false)
    .option('--by <who>', 'who erases (default: git user.email, else $USER)', who)
    .option('--reason <words>', 'why, for the record; it must not name the subject')
    .option('--list', 'list what was erased so far', false)
    .option('--json', 'print one JSON object: { erased, plan, … }; with --list, an array', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action((options: Options) => run(context, options));
}

async function run(context: CommandContext, options: Options): Promise<void> {
  const { data, json } = options;
  if (options.list) return await list(context, data, json);
  const of = await erasable(options);
  const { erase, planErasure } = await import('../keep/erase.ts');
  if (!options.yes) return await showPlan(context, await planErasure({ data, env: context.env }, of), json);
  const by = options.by ?? (await (await import('../review/who.ts')).whoAmI(context.env));
  if (by === undefined)
    throw new CommandError('Nobody says who erases: give --by WHO, or set git user.email.', EXIT.usage);
  const { reason } = options;
  const done = await erase({ data, env: context.env }, of, {
    by,
    at: Date.now(),
    ...(reason === undefined ? {} : { reason }),
  });
  await showDone(context, done, json);
}

async function erasable({ subject, run: runs, insideWords }: Options): Promise<Erasable> {
  const words = subject === '-' ? (await import('node:stream/consumers')).text(process.stdin) : subject;
  const given = (await words)?.trim();
  const parsed = Erasable.safeParse({ runs, insideWords, ...(given === undefined ? {} : { subject: given }) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CommandError(
    `Expected --subject WORDS of 3 to 500 characters, or --run RUN: ${issue?.message ?? 'got neither'}.`,
    EXIT.usage,
  );
}

async function list({ env, print, report }: CommandContext, data: string, json: boolean): Promise<void> {
  const [{ withTheRecord }, { erasureLine }] = await Promise.all([
    import('../record/record-access.ts'),
    import('../keep/erase-text.ts'),
  ]);
  const found = await withTheRecord({ data, env }, (record) => record.erasures());
  if (json) print(JSON.stringify(found.map(dated)));
  else if (found.length === 0) report('Nothing was erased so far.');
  else for (const erasure of found) print(erasureLine(erasure));
}

function dated({ at, ...erasure }: Erasure): object {
  return { ...erasure, at: new Date(at).toISOString() };
}

async function showPlan({ print }: CommandContext, plan: WholePlan, json: boolean): Promise<void> {
  const { countsText, runLines } = await import('../keep/erase-text.ts');
  const nothing = plan.runs.length === 0 && Object.keys(plan.counts).length === 0 && plan.harnesses.length === 0;
  if (json) print(JSON.stringify({ erased: false, plan }));
  else if (nothing) throw new CommandError('Nothing here names it.', EXIT.notFound);
  else
    print(
      [
        `Would go: ${countsText(plan.counts)}. Nothing was changed; erase with --yes.`,
        ...(plan.runs.length === 0 ? [] : [`All content of ${plan.runs.length} run(s):`, ...runLines(plan.runs)]),
        ...plan.files.map((file) => `The file ${file}, as a whole.`),
        ...(plan.open.length === 0 ? [] : ['Open, so nothing can be erased under them yet:', ...runLines(plan.open)]),
        ...(await stays(plan)),
      ].join('\n'),
    );
  if (nothing) process.exitCode = EXIT.notFound;
}

async function showDone({ print }: CommandContext, { plan, erasure, left }: Done, json: boolean): Promise<void> {
  const { countsText } = await import('../keep/erase-text.ts');
  if (json) return print(JSON.stringify({ erased: true, erasure: dated(erasure), plan, left }));
  print(
    [
      `Erased ${countsText(erasure.counts)}, on record as ${erasure.id}.`,
      ...(left.length === 0 ? [] : [`Still named in ${left.join(', ')} of the data folder.`]),
      ...(await stays(plan)),
    ].join('\n'),
  );
}

/** What is not erased from here, and who does it. */
async function stays({ runs, harnesses }: WholePlan): Promise<string[]> {
  const { historyCommands } = await import('../keep/erase-text.ts');
  return [
    ...(harnesses.length === 0
      ? []
      : [
          `Named outside of examples in what loops run on: ${harnesses.join(', ')}. Take it out of harness.yaml, start the worker, then erase again.`,
        ]),
    "Not erased from here: backups, logs, what providers of models keep, what effects did elsewhere, and Temporal's histories.",
    ...(runs.length === 0 ? [] : ['Temporal deletes those with:', ...historyCommands(runs).map((line) => `  ${line}`)]),
  ];
}
