import type { Client } from '@temporalio/client';
import { startArguments } from '../../client/start-arguments.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { plainLine } from '../../core/plain-text.ts';
import { CommandError } from '../command.ts';

/** Longest input that is quoted, in characters. */
const QUOTED = 200;

/**
 * The same key is the same run only with the same input: else somebody would take work for begun that nobody does.
 * @throws CommandError (conflict) naming both inputs where the open run under this id has another.
 */
export async function refuseOtherInput(client: Client, workflowId: string, input: unknown): Promise<void> {
  const { input: running } = await startArguments(client, { workflowId });
  if (running !== undefined && canonicalJson(running) === canonicalJson(input)) return;
  const theirs = running === undefined ? 'one that cannot be read' : quoted(running);
  throw new CommandError(
    `${workflowId} is running already with another input: ${theirs}. Nothing was started for ${quoted(input)}. Give another --key, one for each piece of work.`,
    EXIT.conflict,
  );
}

function quoted(input: unknown): string {
  return plainLine(JSON.stringify(input), QUOTED);
}
