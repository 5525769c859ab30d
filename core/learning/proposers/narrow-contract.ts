import type { Tool, ToolArgs } from '../../../contract/tool.ts';
import { caseIds, failuresOf, FEWEST_FAILURES, isPattern, manifestOf, nothing, rightOf } from './proposer.ts';
import type { Draft, Ground, PastAnswer, Proposer } from './proposer.ts';

const NAME = 'narrow-contract';

/** So many right answers have to show which values are right. */
const FEWEST_RIGHT = 20;

/** More different values than this are no list of what is allowed. */
const MOST_VALUES = 20;

type Field = ToolArgs['properties'][string];

/** An effect may be done with no other values than those that people found right: its contract is narrowed to them. Each effect is a change of its own. */
export const narrowContract: Proposer = {
  name: NAME,
  change: 'tool',
  propose(ground) {
    if (ground.effects.length === 0) return nothing('the loop has no effect');
    const [failures, right] = [failuresOf(ground), rightOf(ground)];
    if (failures.length < FEWEST_FAILURES)
      return nothing(`${failures.length} wrong answers, and fewer than ${FEWEST_FAILURES} are no pattern`);
    if (right.length < FEWEST_RIGHT)
      return nothing(`${right.length} right answers: too few to say which values are right`);
    const fields = [...new Set(right.flatMap(({ output }) => Object.keys(output ?? {})))];
    const drafts = ground.effects.flatMap((effect) =>
      fields.flatMap((name) => draftOf(ground, effect, name, failures, right)),
    );
    return drafts.length === 0
      ? nothing('no field of the wrong answers has values that right ones never have and that no contract speaks of')
      : { kind: 'drafts', drafts: drafts.toSorted((a, b) => b.gain - a.gain) };
  },
};

function draftOf(
  ground: Ground,
  effect: string,
  name: string,
  failures: readonly PastAnswer[],
  right: readonly PastAnswer[],
): readonly Draft[] {
  const narrowed = fieldOf(right.map((answer) => valueOf(answer, name)));
  if (narrowed === undefined) return [];
  const refused = failures.filter((answer) => !fits(narrowed.field, valueOf(answer, name)));
  if (!isPattern(refused.length, failures.length)) return [];
  const { harness } = ground;
  const tools = withField(harness.tools, effect, name, narrowed.field);
  if (tools === undefined) return [];
  const manifest = manifestOf(NAME, ground, {
    summary: `\`${effect}\` may be done only where \`${name}\` is ${narrowed.words}: ${refused.length} refused answers had another value, and no right one.`,
    fixes: caseIds(refused),
    risks: [
      `A value that is right and has not come yet would be refused; ${right.length} right answers are all there is to go by.`,
    ],
  });
  return [{ change: 'tool', harness: { ...harness, tools }, manifest, gain: refused.length }];
}

function valueOf({ output }: PastAnswer, name: string): unknown {
  return (output as Readonly<Record<string, unknown>> | null)?.[name];
}

/** What right values have in common: a few texts, or a range of numbers; undefined where there is nothing to narrow to. */
function fieldOf(values: readonly unknown[]): { readonly field: Field; readonly words: string } | undefined {
  if (values.every((value) => typeof value === 'number')) {
    const [minimum, maximum] = [Math.min(...values), Math.max(...values)];
    return { field: { minimum, maximum }, words: `from ${minimum} to ${maximum}` };
  }
  const different = [...new Set(values)];
  if (!different.every((value) => typeof value === 'string') || different.length > MOST_VALUES) return undefined;
  const sorted = different.toSorted();
  return { field: { enum: sorted }, words: `one of ${sorted.map((value) => JSON.stringify(value)).join(', ')}` };
}

function fits({ enum: values, minimum = -Infinity, maximum = Infinity }: Field, value: unknown): boolean {
  if (values !== undefined) return values.some((one) => one === value);
  return typeof value === 'number' && value >= minimum && value <= maximum;
}

/** The contracts with one field narrowed; undefined where the contract says something of it already, which people wrote. */
function withField(tools: readonly Tool[], effect: string, name: string, field: Field): Tool[] | undefined {
  const known = tools.find((tool) => tool.name === effect);
  const args = known?.args ?? { type: 'object', properties: {}, required: [] };
  if (Object.hasOwn(args.properties, name)) return undefined;
  const contract: Tool = {
    allow: true,
    approve: false,
    ...known,
    name: effect,
    args: { ...args, properties: { ...args.properties, [name]: field } },
  };
  return [...tools.filter((tool) => tool.name !== effect), contract];
}
