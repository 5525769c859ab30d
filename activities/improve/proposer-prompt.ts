import type { ChangeKind } from '../../contract/candidate.ts';
import { COMPONENT } from '../../core/learning/change.ts';
import { failuresOf, rightOf, type Ground, type PastAnswer } from '../../core/learning/proposers/proposer.ts';
import { fence, FENCE_RULE } from '../models/prompt.ts';

/** Failures and right answers that are shown, the newest of each. */
const SHOWN = { failures: 16, right: 8 } as const;

/** Longest answer that is shown, in characters. */
const MOST_CHARACTERS = 2500;

/** What a proposer is told before anything else. */
export const PROPOSER_INSTRUCTIONS = `You improve a loop: a job that an AI does again and again. People have refused or corrected some of its answers.
Propose one change of its harness that mends what these failures have in common, without breaking what is right.
- Change exactly one component. Give the whole component as it should be, everything in it that stays included.
- Mend the cause, not the single case: other cases of the same kind, which you are not shown, decide whether it is better.
- Write instructions in words of your own. Never copy a sentence from the material into them.
- Name the failures that it will mend, by id, and say honestly what it may break.

${FENCE_RULE}`;

/** What each kind may be, in a line. */
const WHAT: Readonly<Record<ChangeKind, string>> = {
  example: 'a list of { input, output }, shown to the model',
  instruction: 'Markdown for the model',
  eval: 'a list of checks on the output: { id, kind: "contains" | "notContains", field, text }, { id, kind: "matches", field, pattern }, { id, kind: "cel", rule }; leave out none that is there',
  routing:
    'a list of { when, model }: the first whose CEL over `input`, `attempt`, `confidence`, `feedback`, `spent` holds; the last has no `when`',
  tool: 'a list of contracts of effects: { name, allow, args: { type: "object", properties: { <field>: { enum | minimum | maximum | maxLength } } }, maxCalls, approve }',
  approval: 'when a person is asked: `when` is CEL over `input` and `output`',
};

/** Everything that a proposer may see, as it is put to a model: what came from outside is fenced and labelled. */
export function proposerPrompt(ground: Ground, kinds: readonly ChangeKind[]): string {
  const { harness, routes, cluster } = ground;
  const failures = failuresOf(ground).slice(-SHOWN.failures);
  const right = rightOf(ground).slice(-SHOWN.right);
  const components = Object.fromEntries(kinds.map((kind) => [COMPONENT[kind], harness[COMPONENT[kind]]]));
  const models = routes.filter(({ kind }) => kind === 'model').map(({ name }) => name);
  return [
    `What you may change:\n${kinds.map((kind) => `- ${kind} (\`${COMPONENT[kind]}\`): ${WHAT[kind]}`).join('\n')}`,
    `Model routes that there are: ${['local', ...models].join(', ')}.`,
    `Effects that there are: ${ground.effects.join(', ') || 'none'}.`,
    fence('harness', 'trusted', JSON.stringify(components, undefined, 1)),
    ...(cluster === undefined ? [] : [fence('what the failures have in common', 'untrusted', cluster)]),
    ...failures.map((answer) => fence(`failure ${answer.caseId ?? ''}`, 'untrusted', shown(answer))),
    ...right.map((answer) => fence('answer that was right', 'untrusted', shown(answer))),
  ].join('\n\n');
}

function shown({ input, output, corrected, note }: PastAnswer): string {
  const text = JSON.stringify({ input, answered: output, corrected, said: note });
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
