import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import { Harness } from '../../contract/harness.ts';
import type { HarnessBody } from '../../contract/harness-record.ts';
import type { RecordClient } from '../../gateway/record-client.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { Common } from '../commands/harness.ts';
import { askAs } from '../record/ask-as.ts';

/** How a command ends by what the gateway refused. */
const EXITS: Readonly<Record<string, ExitCode>> = {
  NotFound: EXIT.notFound,
  InvalidInput: EXIT.usage,
  Conflict: EXIT.conflict,
  Unproven: EXIT.refusedByVerifier,
};

/** What the record answers, as somebody. @throws CommandError with the exit code of what was refused. */
export function asked<T extends object>(
  context: CommandContext,
  options: Common,
  work: (record: RecordClient) => Promise<T>,
): Promise<T> {
  return askAs(context, options, EXITS, work);
}

/** A version of a loop's harness; without one what the loop runs on. */
export async function bodyOf(
  context: CommandContext,
  options: Common,
  loop: string,
  version: string | undefined,
): Promise<HarnessBody> {
  return await asked(context, options, async (record) =>
    record.harnessBody(loop, version ?? (await record.harness(loop)).current),
  );
}

/** What a version says. @throws CommandError where another Loopwright wrote it. */
export function harnessOf({ loop, version, body }: HarnessBody): Harness {
  const { success, data } = Harness.safeParse(body);
  if (success) return data;
  if (body === null)
    throw new CommandError(`${version} of ${loop} was erased, because it named somebody.`, EXIT.notFound);
  throw new CommandError(
    `${version} of ${loop} is no harness of this version of Loopwright; --json shows what it says.`,
  );
}
