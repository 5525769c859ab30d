import { failure } from '../contract/failures.ts';
import type { Harness } from '../contract/harness.ts';
import type { Tool } from '../contract/tool.ts';
import type { Criterion } from '../contract/verdict.ts';
import { argsMistake } from '../core/tools.ts';
import type { Loop, Stage } from '../loops/define/index.ts';

/** What the contracts of a loop's effects find about an output, certain and at no cost. A stage with an output of its own is not what effects are done with. */
export function contractCriteria(
  { tools }: Pick<Harness, 'tools'>,
  { act }: Pick<Loop, 'act'>,
  stage: Pick<Stage<unknown, unknown>, 'output'>,
  output: unknown,
): readonly Criterion[] {
  if (stage.output !== undefined) return [];
  return tools.flatMap(({ name, args }): Criterion[] => {
    if (args === undefined || !Object.hasOwn(act, name)) return [];
    const mistake = argsMistake(args, output);
    const evidence =
      mistake === undefined
        ? `fits what \`${name}\` may be done with`
        : `${mistake}: \`${name}\` may not be done with it`;
    return [{ name: `tool ${name}`, verdict: mistake === undefined ? 'pass' : 'fail', evidence }];
  });
}

/** The effect whose every use waits for a person, where the loop has such a one. */
export function approvedTool({ tools }: Pick<Harness, 'tools'>, { act }: Pick<Loop, 'act'>): Tool | undefined {
  return tools.find(({ name, approve }) => approve && Object.hasOwn(act, name));
}

/** The contract of an effect; undefined where it has none. @throws `ToolDenied` where it may not be done, or not with this output. */
export function demandContract(
  { tools }: Pick<Harness, 'tools'>,
  { loop, effect }: { readonly loop: string; readonly effect: string },
  output: unknown,
): Tool | undefined {
  const tool = tools.find(({ name }) => name === effect);
  const mistake = tool?.args === undefined ? undefined : argsMistake(tool.args, output);
  if (tool?.allow === false) throw denied(loop, effect, 'its contract says `allow: false`');
  if (mistake !== undefined) throw denied(loop, effect, mistake);
  return tool;
}

/** The refusal of an effect by its contract. */
export function denied(loop: string, effect: string, why: string): Error {
  return failure(
    'ToolDenied',
    `Effect \`${effect}\` of loop ${loop} was not done: ${why}. Change \`tools\` in its harness.yaml if it should be.`,
  );
}
