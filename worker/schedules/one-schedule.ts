import { EXIT } from '../../contract/exit-codes.ts';
import { isBudgetNote } from '../../core/schedules/day-budget.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { withOwnSchedule } from './own-schedule.ts';

/** What each of these commands is told. */
interface Options {
  readonly json: boolean;
  readonly data: string;
}

/** `schedule pause`: it starts nothing until it is resumed; who, when and why stand in its note. */
export async function pause(
  context: CommandContext,
  id: string,
  { reason, by, json, data }: Options & { readonly reason: string; readonly by?: string },
): Promise<void> {
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const note = `Paused${by === undefined ? '' : ` by ${by}`} at ${at}: ${reason}`;
  await withOwnSchedule({ ...context, data }, id, ({ handle }) => handle.pause(note));
  if (json) context.print(JSON.stringify({ id, paused: true, note }));
  else context.report(`${id} is paused. Go on with: loopwright schedule resume ${id}`);
}

/** `schedule resume`. @throws CommandError (over budget) where its own daily budget paused it: that would pause it again. */
export async function resume(context: CommandContext, id: string, { json, data }: Options): Promise<void> {
  await withOwnSchedule({ ...context, data }, id, async ({ handle, note, described: { state } }) => {
    if (state.paused && isBudgetNote(state.note))
      throw new CommandError(
        `Nothing was done: ${state.note} Sooner: raise its budgetUsdPerDay in the file, then loopwright schedule apply.`,
        EXIT.overBudget,
      );
    await handle.unpause(note ?? 'Resumed.');
  });
  if (json) context.print(JSON.stringify({ id, paused: false }));
  else context.report(`${id} goes on.`);
}

/** `schedule trigger`. @throws CommandError (conflict) where a run is open and its overlap policy would drop the time. */
export async function trigger(context: CommandContext, id: string, { json, data }: Options): Promise<void> {
  await withOwnSchedule({ ...context, data }, id, async ({ handle, described }) => {
    const [open] = described.info.runningActions;
    if (open !== undefined && described.policies.overlap === 'SKIP')
      throw new CommandError(
        `Nothing was started: ${open.workflow.workflowId} is still open, and the overlap policy of ${id} is skip.`,
        EXIT.conflict,
      );
    await handle.trigger(described.policies.overlap);
  });
  if (json) context.print(JSON.stringify({ id, triggered: true }));
  else context.report(`${id}: a run starts. See it with: loopwright schedule list`);
}
