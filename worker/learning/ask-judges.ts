import { EXIT, type ExitCode } from '../../contract/exit-codes.ts';
import { dollars } from '../../core/figures.ts';
import { plainLine } from '../../core/plain-text.ts';
import type { AskingStatus } from '../../workflows/ask-judges.ts';
import type { CommandContext } from '../command.ts';
import { follow } from './follow.ts';

/** How much is asked. */
export interface AskOptions {
  readonly most: number;
  readonly budgetUsd: number;
  readonly data: string;
}

/** Has every judge of a loop asked again and waits for the answers. @throws CommandError where it could not run. */
export async function askJudges(context: CommandContext, loop: string, options: AskOptions): Promise<AskingStatus> {
  const { most, budgetUsd, data } = options;
  const id = `judges-${loop}-${Date.now().toString(36)}`;
  const status = await follow<AskingStatus>(context, data, {
    type: 'askJudges',
    id,
    input: { loop, most, budgetUsd },
    summary: `judges of ${loop}`,
    started: `it goes on where this command is stopped (\`loopwright judges ${loop}\` shows what came of it).`,
    progress: ({ answered, of }) => (of === 0 ? undefined : `${answered} of ${of} questions`),
  });
  context.report(summaryOf(loop, status));
  return status;
}

/** How asking ended: 1 where something had no answer, 6 where the budget was used up. */
export function exitOf({ answered, of, overBudget }: AskingStatus): ExitCode {
  if (answered >= of) return EXIT.ok;
  return overBudget ? EXIT.overBudget : EXIT.failure;
}

function summaryOf(loop: string, status: AskingStatus): string {
  const { answered, of, costMicroUsd } = status;
  if (of === 0)
    return `Nothing can be asked: people have decided on no artefact of ${loop} that they would have seen whatever a judge said. Set \`approval.audit\` in its harness, such as 0.05, so that they see some.`;
  return `${answered} of ${of} questions answered, for ${dollars(costMicroUsd)}.${answered >= of ? '' : whyNotAll(status)}`;
}

function whyNotAll({ asking, overBudget, because }: AskingStatus): string {
  if (overBudget && because.includes(`budget run:${asking} `))
    return ' The next call could pass --budget-usd: raise it.';
  return because === '' ? '' : ` ${plainLine(because, 500)}`;
}
