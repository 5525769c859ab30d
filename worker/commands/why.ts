import { Command } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import type { RunSummary } from '../../contract/record.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { dataOption } from './options.ts';

interface Options {
  readonly runId?: string;
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
A key is what \`run --key\` was given; work is what the loop's dedupe makes of the input, such as a ticket's id.
Exits with 3 where neither the record nor Temporal knows the run, or where several go by that word: it lists them.`;

/** `loopwright why`: the story of a run. */
export function whyCommand(context: CommandContext): Command {
  return new Command('why')
    .description('tell the story of a run: what it was given, did, cost and left, and why it ended so')
    .argument('<run>', 'workflow id (the newest run under it), key, work or run key')
    .option('--run-id <id>', 'another of several runs under one workflow id')
    .option('--json', 'print the story as one JSON object; times in ISO 8601, money in USD', false)
    .option(...dataOption(context))
    .addHelpText('after', HELP)
    .action((run: string, options: Options) => why(context, run, options));
}

async function why(context: CommandContext, run: string, options: Options): Promise<void> {
  const { env, print } = context;
  const { runId, json, data } = options;
  const [{ recordOf, runsNamed }, { temporalFacts }, { storyOf }, { storyText }, { toldStory }] = await Promise.all([
    import('../record/run-record.ts'),
    import('../cluster/temporal-facts.ts'),
    import('../../core/story/tell.ts'),
    import('../../core/story/text.ts'),
    import('../../core/story/told.ts'),
  ]);
  const { record, missing } = await recordOf({ data, env }, { run, ...(runId === undefined ? {} : { runId }) });
  const workflowId = record?.run.workflowId ?? run;
  const one = run === record?.run.runKey ? record.run.firstRunId : runId && (record?.run.firstRunId ?? runId);
  const temporal = await temporalFacts(env, data, { workflowId, ...(one === undefined ? {} : { firstRunId: one }) });
  const story = storyOf(record, temporal);
  if (story !== undefined) return print(json ? JSON.stringify(toldStory(story)) : storyText(story));
  const named = await runsNamed({ data, env }, run);
  if (named.kind === 'one')
    return await why(context, named.run.workflowId, { ...options, runId: runId ?? named.run.runKey });
  if (named.kind === 'several') throw await tooMany(run, named.runs);
  const who = `a run "${run}"${runId === undefined ? '' : ` with run id ${runId}`}`;
  const recorded = missing ?? 'The record has none.';
  if (temporal.kind === 'unreachable')
    throw new CommandError(`It cannot be told whether there is ${who}. ${recorded} ${temporal.why}`);
  throw new CommandError(
    `Nobody knows ${who}. ${recorded} Temporal has none either. \`loopwright runs\` lists those there are.`,
    EXIT.notFound,
  );
}

async function tooMany(run: string, runs: readonly RunSummary[]): Promise<CommandError> {
  const { runTable } = await import('../../core/run-table.ts');
  return new CommandError(
    `Several runs go by "${run}"; name one by its workflow id:\n${runTable(runs, Date.now())}`,
    EXIT.notFound,
  );
}
