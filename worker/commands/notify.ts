import { Command, Option } from 'commander';
import { LETTER_STATES, MOST_LETTERS, type LetterQuery } from '../../contract/notify.ts';
import { plainCommand } from '../../core/plain-text.ts';
import type { CommandContext } from '../command.ts';
import { dataOption, upTo } from './options.ts';

interface ListOptions extends LetterQuery {
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
Channels and their rules stand in notify.yaml, where the worker starts. What is sent has a link to the dashboard, which asks
who one is: nothing is decided by opening it.`;

/** `loopwright notify`: what people are told. */
export function notifyCommand(context: CommandContext): Command {
  const command = new Command('notify')
    .description('what people are told of approvals and alerts, over which channels (notify.yaml)')
    .addHelpText('after', HELP);
  command
    .command('list', { isDefault: true })
    .description('list what was sent, what waits, and what failed and why, newest first')
    .option('--channel <name>', 'only of this channel')
    .addOption(new Option('--state <state>', 'only what stands so').choices(LETTER_STATES))
    .option('--limit <n>', `how many, at most ${MOST_LETTERS}`, upTo(MOST_LETTERS), 50)
    .option('--json', 'print one JSON array of objects', false)
    .option(...dataOption(context))
    .action((options: ListOptions) => list(context, options));
  command
    .command('test')
    .description('send a message through a channel from here; it says that it is a test')
    .argument('<channel>', 'a channel of notify.yaml')
    .option('--json', 'print one JSON object: { channel, kind, message }', false)
    .action(async (channel: string, { json }: { readonly json: boolean }) => {
      const { tryChannel } = await import('../notify/try-channel.ts');
      const tried = await tryChannel(context.env, channel);
      context.print(json ? JSON.stringify(tried) : `${tried.channel} took ${tried.message}`);
    });
  return command;
}

async function list({ env, print, report }: CommandContext, { json, data, ...query }: ListOptions): Promise<void> {
  const [{ withTheRecord }, { letterTable, listedLetter }] = await Promise.all([
    import('../record/record-access.ts'),
    import('../../core/notify/letter-table.ts'),
  ]);
  const found = await withTheRecord({ data, env }, (record) => record.letters(query));
  if (json) print(plainCommand(JSON.stringify(found.map(listedLetter))));
  else if (found.length > 0) print(letterTable(found));
  else report('Nobody was told anything that matches. `loopwright notify test CHANNEL` tries a channel out.');
}
