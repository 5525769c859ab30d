import { Command } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import { CommandError, dataOption, type CommandContext } from './context.ts';

interface Options {
  readonly runId?: string;
  readonly json: boolean;
  readonly data: string;
}

/** `loopwright why`: the story of a run. */
export function whyCommand(context: CommandContext): Command {
  return new Command('why')
    .description('tell the story of a run: what it was given, did, cost and left, and why it ended so')
    .argument('<run>', 'workflow id (the newest run under it) or run key')
    .option('--run-id <id>', 'another of several runs under one workflow id')
    .option('--json', 'print the story as one JSON object; times in ISO 8601, money in USD', false)
    .option(...dataOption(context))
    .addHelpText('after', '\nExits with 3 where neither the record nor Temporal knows the run.')
    .action((run: string, options: Options) => why(context, run, options));
}

async function why({ env, print }: CommandContext, run: string, { runId, json, data }: Options): Promise<void> {
  const [{ recordOf }, { temporalFacts }, { storyOf }, { storyText }, { toldStory }] = await Promise.all([
    import('../run-record.ts'),
    import('../temporal-facts.ts'),
    import('../../core/story/tell.ts'),
    import('../../core/story/text.ts'),
    import('../../core/story/told.ts'),
  ]);
  const { record, missing } = await recordOf(data, { run, ...(runId === undefined ? {} : { runId }) });
  const workflowId = record?.run.workflowId ?? run;
  const one = run === record?.run.runKey ? record.run.firstRunId : runId && (record?.run.firstRunId ?? runId);
  const temporal = await temporalFacts(env, data, { workflowId, ...(one === undefined ? {} : { firstRunId: one }) });
  const story = storyOf(record, temporal);
  if (story !== undefined) return print(json ? JSON.stringify(toldStory(story)) : storyText(story));
  const who = `a run "${run}"${runId === undefined ? '' : ` with run id ${runId}`}`;
  const recorded = missing ?? 'The record has none.';
  if (temporal.kind === 'unreachable')
    throw new CommandError(`It cannot be told whether there is ${who}. ${recorded} ${temporal.why}`);
  throw new CommandError(
    `Nobody knows ${who}. ${recorded} Temporal has none either. \`loopwright runs\` lists those there are.`,
    EXIT.notFound,
  );
}
