import type { LoopEntry } from '../../activities/dependencies.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { FoundLoop } from './loop-folder.ts';
import { schemaOf } from '../review/loop-facts.ts';
import { madeUp } from '../review/made-up.ts';

/** How to start a run of a loop that is there, as words of a command. */
export interface ExampleStart {
  readonly loop: string;
  readonly workflowId: string;
  /** JSON that the loop takes, in one line, without single quotes; `<input>` where none could be made up. */
  readonly input: string;
}

/** Inputs that say more than any schema. */
const OWN: Readonly<Record<string, ExampleStart>> = {
  supportTriage: {
    loop: 'supportTriage',
    workflowId: 'supportTriage-4711',
    input: '{"id":"4711","text":"Something is wrong with my card, can somebody look?"}',
  },
};

/** A start of the first loop: with its first case as input, else with one made from its schema. */
export function exampleStart(entries: readonly (LoopEntry | FoundLoop)[]): ExampleStart {
  const [entry] = entries;
  if (entry === undefined) return { loop: '<loop>', workflowId: '<loop>-1', input: '{}' };
  const { name } = entry.loop;
  const [first] = 'cases' in entry ? entry.cases : [];
  const input = first === undefined ? exampleInput(entry.loop) : JSON.stringify(first.input);
  // A single quote would end the shell's word.
  return OWN[name] ?? { loop: name, workflowId: `${name}-1`, input: input.replaceAll("'", String.raw`\u0027`) };
}

/** An input that the schema takes: with what it needs, else with all it has. Where neither does, its place. */
function exampleInput({ input }: Loop): string {
  const { schema, json } = schemaOf(input);
  const [made] = [...madeUp(schema, json, { kind: 'plain' }), ...madeUp(schema, json)];
  return made === undefined ? '<input>' : JSON.stringify(made.given);
}
