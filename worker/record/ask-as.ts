import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import { GatewayError } from '../../gateway/gateway-client.ts';
import type { RecordClient } from '../../gateway/record-client.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { whoAmI } from '../review/who.ts';
import { withTheRecord } from './record-access.ts';

/** Which record a command asks, and as whom. */
export interface AskingAs {
  readonly data: string;
  readonly as?: string | undefined;
}

/** What the record answers, as somebody. @throws CommandError with the exit code of what was refused; `exits` has those that are no plain failure. */
export async function askAs<T extends object>(
  { env }: Pick<CommandContext, 'env'>,
  { data, as }: AskingAs,
  exits: Readonly<Record<string, ExitCode>>,
  work: (record: RecordClient) => Promise<T>,
): Promise<T> {
  try {
    return await withTheRecord({ data, env, as: as ?? (await whoAmI(env)) }, work);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new CommandError(error.message, exits[error.type] ?? EXIT.failure);
  }
}
