import { Command, Option } from 'commander';
import { EXIT } from '../../contract/exit-codes.ts';
import { DELIVERY_STATES, MOST_DELIVERIES, type DeliveryQuery } from '../../contract/hooks.ts';
import { plainCommand } from '../../core/plain-text.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { dataOption, upTo } from './options.ts';

interface ListOptions extends DeliveryQuery {
  readonly json: boolean;
  readonly data: string;
}

interface SendOptions {
  readonly bodyFile: string;
  readonly event: string;
  readonly id?: string;
  readonly json: boolean;
  readonly data: string;
}

const SEND_HELP = `
Signs as the source would, with the first of its secrets, and sends it to the process that owns the data folder: for
trying rules out. The same body again is the same delivery where its id is the same (GitHub: where the body is).`;

/** `loopwright hooks`: what came over webhooks. */
export function hooksCommand(context: CommandContext): Command {
  const command = new Command('hooks').description('what came over webhooks, and what became of it (hooks.yaml)');
  command
    .command('list', { isDefault: true })
    .description('list deliveries, newest first')
    .option('--source <name>', 'only of this source')
    .addOption(new Option('--state <state>', 'only deliveries that stand so').choices(DELIVERY_STATES))
    .option('--limit <n>', `how many, at most ${MOST_DELIVERIES}`, upTo(MOST_DELIVERIES), 50)
    .option('--json', 'print one JSON array of objects', false)
    .option(...dataOption(context))
    .action((options: ListOptions) => list(context, options));
  command
    .command('retry')
    .description('look again at a delivery that failed, after hooks.yaml was mended and the worker restarted')
    .argument('<source>', 'its source')
    .argument('<delivery>', 'its id, as `hooks list` shows it')
    .option(...dataOption(context))
    .action((source: string, delivery: string, { data }: { readonly data: string }) =>
      retry(context, { source, delivery }, data),
    );
  command
    .command('send')
    .description('send a delivery to yourself, signed as its source would')
    .argument('<source>', 'a source of hooks.yaml')
    .requiredOption('--body-file <file>', 'the body, as JSON; - reads stdin')
    .option('--event <name>', 'what happened, in the words of GitHub; others say it in the body', '')
    .option('--id <id>', 'id of the delivery; by default a new one')
    .option('--json', 'print one JSON object', false)
    .option(...dataOption(context))
    .addHelpText('after', SEND_HELP)
    .action(async (source: string, options: SendOptions) => {
      const { send } = await import('../hooks/send.ts');
      const answer = await send(context, source, options);
      context.print(
        options.json ? JSON.stringify(answer) : `${answer.delivery}${answer.known ? ' (known already)' : ''}`,
      );
    });
  return command;
}

async function list({ env, print, report }: CommandContext, { json, data, ...query }: ListOptions): Promise<void> {
  const [{ withTheRecord }, { deliveryTable, listedDelivery }] = await Promise.all([
    import('../record/record-access.ts'),
    import('../../core/delivery-table.ts'),
  ]);
  const found = await withTheRecord({ data, env }, (record) => record.deliveries(query));
  if (json) print(plainCommand(JSON.stringify(found.map(listedDelivery))));
  else if (found.length > 0) print(deliveryTable(found));
  else report('No delivery matches. `loopwright hooks send` tries one out.');
}

async function retry(
  { env, report }: CommandContext,
  key: { readonly source: string; readonly delivery: string },
  data: string,
): Promise<void> {
  const { withTheRecord } = await import('../record/record-access.ts');
  await withTheRecord({ data, env }, async (record) => {
    await record.retryDelivery(key).catch((error: Error) => {
      throw new CommandError(
        `${error.message} \`loopwright hooks list --state failed\` shows those there are.`,
        EXIT.notFound,
      );
    });
    return key;
  });
  report(`${key.source}/${key.delivery} waits again; \`loopwright hooks list\` shows what becomes of it.`);
}
