import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { ApprovalQuery, DecisionRequest } from '../../contract/approvals.ts';
import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import { approvalTable, approvalText, listedApproval, shortDigest } from '../../core/approval-text.ts';
import { isPending } from '../../core/pending.ts';
import type { RecordClient } from '../../gateway/record-client.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { Common, Said } from '../commands/approvals.ts';
import { askAs } from '../record/ask-as.ts';

/** How a command ends by what the gateway refused. */
const EXITS: Readonly<Record<string, ExitCode>> = {
  AlreadyDecided: EXIT.conflict,
  TooLate: EXIT.conflict,
  Settled: EXIT.conflict,
  Claimed: EXIT.conflict,
  Ambiguous: EXIT.usage,
  InvalidInput: EXIT.usage,
  Forbidden: EXIT.forbidden,
  UnknownApproval: EXIT.notFound,
};

/** Lists approvals. */
export async function list(context: CommandContext, options: Common, query: ApprovalQuery): Promise<void> {
  const { items, next } = await asked(context, options, (record) => record.approvals(query));
  if (options.json) context.print(JSON.stringify(items.map(listedApproval)));
  else if (items.length > 0) context.print(approvalTable(items, Date.now()));
  else context.report(query.state === 'pending' ? 'Nothing waits for people.' : 'Nothing matches.');
  if (next !== undefined) context.report(`There are more: --after '${next}'`);
}

/** Shows one, with what people have to know before they decide. */
export async function show(context: CommandContext, options: Common, named: string): Promise<void> {
  const { approval, run, output } = await asked(context, options, async (record) => {
    const found = await record.approval(named);
    const [told, text] = await Promise.all([record.run({ run: found.runKey }), record.approvalOutput(found.digest)]);
    return { approval: found, run: told, output: text };
  });
  if (options.json) return context.print(JSON.stringify({ ...listedApproval(approval), record: run }));
  context.print(approvalText(approval, { record: run, output, now: Date.now() }));
  if (!isPending(approval.state)) return;
  const short = shortDigest(approval.digest);
  context.report(
    `\nDecide it:\n  loopwright approvals approve ${short}\n  loopwright approvals reject ${short} --note 'why'\n  loopwright approvals revise ${short} --feedback 'what should be different'`,
  );
}

/** Decides what a digest stands for. */
export async function decide(
  context: CommandContext,
  options: Common & Said,
  named: string,
  decision: DecisionRequest['decision'],
): Promise<void> {
  const { note, feedback, outputFile, approve } = options;
  const output = outputFile === undefined ? undefined : await outputIn(outputFile);
  const request = {
    decision,
    ...(note === undefined ? {} : { note }),
    ...(feedback === undefined ? {} : { feedback }),
    ...(output === undefined
      ? {}
      : { output: output as DecisionRequest['output'], ...(approve === true ? { approve } : {}) }),
  } as DecisionRequest;
  const counted = await asked(context, options, (record) => record.decide(named, request));
  if (options.json) return context.print(JSON.stringify(counted));
  const { state, have, need } = counted;
  context.print(state === 'open' ? `It counts: ${have} of ${need} have approved.` : `It is ${state}.`);
}

/** Adds to the cap that a run waits at. */
export async function raise(
  context: CommandContext,
  options: Common & { readonly usd: number; readonly reason: string },
  run: string,
): Promise<void> {
  const { usd, reason } = options;
  const raised = await asked(context, options, (record) => record.raise({ run, usd, reason }));
  if (options.json) context.print(JSON.stringify(raised));
  else context.print(`Budget ${raised.budget} has ${raised.raisedUsd} USD more: ${raised.capUsd} USD.`);
}

/** Takes one in hand. */
export async function claim(context: CommandContext, options: Common, named: string): Promise<void> {
  const claimed = await asked(context, options, (record) => record.claim(named));
  if (options.json) return context.print(JSON.stringify({ ...claimed, until: new Date(claimed.until).toISOString() }));
  context.print(`It is yours until ${new Date(claimed.until).toISOString()}.`);
}

/** Lets go of one. */
export async function release(context: CommandContext, options: Common, named: string): Promise<void> {
  await asked(context, options, (record) => record.release(named));
  if (options.json) context.print('{}');
}

/** What the record answers, as somebody. @throws CommandError with the exit code of what was refused. */
function asked<T extends object>(
  context: CommandContext,
  options: Common,
  work: (record: RecordClient) => Promise<T>,
): Promise<T> {
  return askAs(context, options, EXITS, work);
}

async function outputIn(file: string): Promise<unknown> {
  const read = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch((error: Error) => {
    throw new CommandError(`--output-file: ${error.message}`, EXIT.usage);
  });
  try {
    return JSON.parse(read);
  } catch (error) {
    throw new CommandError(`--output-file ${file} has to hold JSON: ${(error as Error).message}.`, EXIT.usage);
  }
}
