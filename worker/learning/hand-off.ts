import { basename, dirname, extname, join } from 'node:path';
import { EXIT } from '../../contract/exit-codes.ts';
import { briefCases, briefText } from '../../core/learning/brief.ts';
import { recommendations } from '../../core/learning/recommendations.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { GatewayError } from '../../gateway/gateway-client.ts';
import { withTheRecord } from '../record/record-access.ts';
import { writeWhole } from '../write-whole.ts';

/** What `loopwright improve <loop> --handoff` was told. */
export interface HandOffOptions {
  readonly data: string;
  /** Where the brief goes; its cases go next to it. */
  readonly file?: string;
  readonly json: boolean;
}

/**
 * Writes a brief for whoever changes a loop's code, with its failing cases next to it as evals; without a file the brief
 * is printed, and the cases are not. With `json` the facts and the ranked changes are printed.
 * @throws CommandError (not found) where the record has no such loop, (usage) where a file cannot be written.
 */
export async function handOff(
  { env, print, report }: CommandContext,
  loop: string,
  { data, file, json }: HandOffOptions,
): Promise<void> {
  const facts = await withTheRecord({ data, env }, (record) => record.brief(loop)).catch((error: unknown) => {
    if (error instanceof GatewayError && error.type === 'NotFound')
      throw new CommandError(error.message, EXIT.notFound);
    throw error;
  });
  const cases = casesFile(file ?? `${loop}.md`);
  if (file !== undefined) {
    await write(file, `${briefText(facts, { cases })}\n`);
    await write(cases, briefCases(facts));
    report(`${file} says what to change about ${loop}; ${cases} has ${facts.cases.length} failing cases as evals.`);
  }
  if (json) print(JSON.stringify({ ...facts, recommendations: recommendations(facts) }));
  else if (file === undefined) print(briefText(facts, { cases }));
}

/** `brief.md` → `brief.cases.jsonl`, in the same folder. */
function casesFile(file: string): string {
  return join(dirname(file), `${basename(file, extname(file))}.cases.jsonl`);
}

async function write(file: string, text: string): Promise<void> {
  await writeWhole(file, text).catch((error: Error) => {
    throw new CommandError(`--file: ${error.message}`, EXIT.usage);
  });
}
