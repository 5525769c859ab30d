import { lineIn, loopText } from '../support/planted-loops.ts';

/** A mistake in a folder of loops, and what has to be said about it. */
export interface PlantedMistake {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** `folder/file:line`, without line where it is of the whole file. */
  readonly at: string;
  readonly field?: string;
  readonly rule: string;
  readonly fix: string;
}

type Said = Pick<PlantedMistake, 'field' | 'rule' | 'fix'>;

let count = 0;

/** A good loop's `loop.ts` with one part replaced; `near` is a part of the line that has to be named. */
function inLoop(
  what: string,
  part: string,
  by: string,
  near: string | undefined,
  said: Said,
  more = (text: string) => text,
): PlantedMistake {
  const name = `broken${(count += 1)}`;
  const text = more(replaced(loopText(name), part, by));
  const at = near === undefined ? `${name}/loop.ts` : `${name}/loop.ts:${lineIn(text, near)}`;
  return { what, files: { [`${name}/loop.ts`]: text }, at, ...said };
}

/** A good loop with another file next to it that has the mistake. */
function beside(what: string, file: string, text: string, near: string, said: Said, loop = loopText): PlantedMistake {
  const name = `broken${(count += 1)}`;
  const files = { [`${name}/loop.ts`]: loop(name), [`${name}/${file}`]: text };
  return { what, files, at: `${name}/${file}:${lineIn(text, near)}`, ...said };
}

function replaced(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`The planted file has no "${part}".`);
  return text.replace(part, () => by);
}

const CHECK = "check('greets', ({ reply }) => ({";
const JUDGED = (model: string) =>
  `judge('kind', { polite: 'Is it polite?' }, { model: '${model}' }),\n        ${CHECK}`;
const IMPORT = 'import { check, defineLoop, model }';
const withJudge = (text: string) => replaced(text, IMPORT, 'import { check, defineLoop, judge, model }');

function judged(what: string, model: string, said: Said): PlantedMistake {
  const name = `broken${(count += 1)}`;
  const text = withJudge(replaced(loopText(name), CHECK, JUDGED(model)));
  const harness = 'routing:\n  - model: strong\n';
  const files = { [`${name}/loop.ts`]: text, [`${name}/harness.yaml`]: harness };
  return { what, files, at: `${name}/loop.ts:${lineIn(text, "judge('kind'")}`, ...said };
}

const HARNESS: readonly PlantedMistake[] = [
  beside('YAML that does not parse', 'harness.yaml', 'instructions: a: b\n', 'instructions', {
    rule: 'this is no YAML',
    fix: 'indentation, quotes and colons',
  }),
  beside(
    'the same key twice',
    'harness.yaml',
    'limits: { usd: 1 }\nevals: []\nlimits: { usd: 2 }\n',
    'limits: { usd: 2 }',
    {
      rule: 'Map keys must be unique',
      fix: 'Keep one of the two.',
    },
  ),
  beside('an unknown field', 'harness.yaml', 'limits:\n  usd: 1\ninstruction: hello\n', 'instruction:', {
    field: 'instruction',
    rule: 'unknown field `instruction`',
    fix: 'Did you mean `instructions`?',
  }),
  beside('an unknown field inside', 'harness.yaml', 'limits:\n  usd: 1\n  atempts: 3\n', 'atempts', {
    field: 'limits.atempts',
    rule: 'unknown field `atempts`',
    fix: 'Did you mean `attempts`?',
  }),
  beside(
    'a value of the wrong type',
    'harness.yaml',
    'instructions: |\n  two\n  lines\nlimits:\n  usd: lots\n',
    'usd',
    {
      field: 'limits.usd',
      rule: 'expected a number from 0 to 1000, got "lots"',
      fix: '`usd: 0.05`',
    },
  ),
  beside('a value out of range', 'harness.yaml', 'limits:\n  attempts: 0\n', 'attempts', {
    field: 'limits.attempts',
    rule: 'expected an integer from 1 to 20, got 0',
    fix: '`attempts: 3`',
  }),
  beside('a duration that is none', 'harness.yaml', 'approval:\n  audit: 0\n  expiresAfter: soon\n', 'expiresAfter', {
    field: 'approval.expiresAfter',
    rule: 'expected a duration from a second to ten years',
    fix: '`expiresAfter: 3 days`',
  }),
  beside('CEL that does not parse', 'harness.yaml', 'approval:\n  audit: 0\n  when: output.reply <\n', 'when:', {
    field: 'approval.when',
    rule: 'found < but expecting end of input',
    fix: 'Write a CEL expression over input, output',
  }),
  beside(
    'CEL over an unknown variable',
    'harness.yaml',
    'routing:\n  - when: atempt > 1\n    model: strong\n  - model: default\n',
    'when:',
    {
      field: 'routing.0.when',
      rule: '`atempt` is not a variable',
      fix: 'Did you mean `attempt`?',
    },
  ),
  beside(
    'routing without a catch-all',
    'harness.yaml',
    'routing:\n  - when: attempt > 1\n    model: strong\n',
    '- when',
    {
      field: 'routing.0',
      rule: 'the last rule has a `when`',
      fix: 'End `routing` with `- model: default`',
    },
  ),
  beside('a route that there is not', 'harness.yaml', 'routing:\n  - model: stong\n', 'stong', {
    field: 'routing.0.model',
    rule: 'there is no model route "stong"',
    fix: 'Declare it under `models` in loopwright.yaml',
  }),
  beside(
    'two evals with one id',
    'harness.yaml',
    'evals:\n  - { id: a, kind: contains, text: x }\n  - { id: a, kind: notContains, text: y }\n',
    'notContains',
    {
      field: 'evals.1.id',
      rule: 'two evals have the id "a"',
      fix: 'Give each its own',
    },
  ),
  beside('an eval of an unknown kind', 'harness.yaml', 'evals:\n  - id: a\n    kind: match\n', 'kind', {
    field: 'evals.0.kind',
    rule: 'expected one of contains, notContains, matches, cel, rubric, got "match"',
    fix: 'Did you mean `matches`?',
  }),
  beside(
    'a pattern that is none',
    'harness.yaml',
    "evals:\n  - id: a\n    kind: matches\n    pattern: '('\n",
    'pattern',
    {
      field: 'evals.0.pattern',
      rule: 'Unterminated group',
      fix: 'regular expression',
    },
  ),
  beside(
    'a rubric without a judge',
    'harness.yaml',
    'evals:\n  - id: polite\n    kind: rubric\n    rubric: Is it polite?\n',
    '- id',
    {
      field: 'evals.0',
      rule: 'no stage has a judge()',
      fix: 'Add a judge to the loop',
    },
  ),
  beside('tools', 'harness.yaml', 'tools:\n  - name: search\n', '- name', {
    field: 'tools.0',
    rule: 'loops cannot call tools yet',
    fix: 'Leave `tools` empty',
  }),
];

const DEFINITION: readonly PlantedMistake[] = [
  inLoop('TypeScript that does not parse', 'output: Output,', 'output: Output', 'dedupe:', {
    rule: 'this is no TypeScript',
    fix: 'Mend the syntax',
  }),
  inLoop('an enum', 'type Input =', 'enum Tone { Warm }\ntype Input =', 'enum Tone', {
    rule: 'TypeScript enum does not run unbuilt',
    fix: 'as const',
  }),
  inLoop(
    'an import of a file that is not there',
    "import { z } from 'zod';",
    "import { z } from 'zod';\nimport { desk } from './desk.ts';",
    './desk.ts',
    {
      rule: 'imports `./desk.ts`, which is not there',
      fix: 'Create ',
    },
  ),
  inLoop(
    'an import of a package that is not installed',
    "import { z } from 'zod';",
    "import { z } from 'zod';\nimport { desk } from 'no-such-desk';",
    'no-such-desk',
    {
      rule: 'imports package `no-such-desk`, which is not installed',
      fix: 'npm install no-such-desk',
    },
  ),
  inLoop('a name that its module does not export', IMPORT, 'import { chekc, check, defineLoop, model }', 'chekc', {
    rule: '`loopwright` exports no `chekc`',
    fix: 'mend the name',
  }),
  inLoop(
    'code that throws when it is loaded',
    'type Input =',
    "if (Input !== undefined) throw new Error('no desk');\ntype Input =",
    'no desk',
    {
      rule: 'throws when it is loaded: no desk',
      fix: 'Keep work out of the module',
    },
  ),
  inLoop('no exported loop', 'export const', 'const', undefined, { rule: 'exports no loop', fix: 'export const' }),
  inLoop('a name that is not camelCase', "name: '", "name: 'My-", "name: 'My-", {
    field: 'name',
    rule: 'expected camelCase, got "My-',
    fix: "name: 'my",
  }),
  inLoop(
    'a reserved name',
    /name: '(.*)'/.exec(loopText(`broken${count + 1}`))?.[0] ?? '',
    "name: 'improve'",
    "name: 'improve'",
    {
      field: 'name',
      rule: '`improve` is reserved',
      fix: 'another name',
    },
  ),
  inLoop('no input', '  input: Input,\n', '', 'defineLoop({', {
    field: 'input',
    rule: 'is missing',
    fix: 'Add `input: z.object',
  }),
  inLoop('an input that is no schema', 'input: Input', "input: { id: 'text' }", "input: { id: 'text' }", {
    field: 'input',
    rule: 'expected a zod schema',
    fix: 'z.object',
  }),
  inLoop('an input that is no object', 'input: Input', 'input: z.string()', 'input: z.string()', {
    field: 'input',
    rule: 'expected an object at the root, got string',
    fix: 'input: z.object',
  }),
  inLoop(
    'an output that JSON cannot say',
    'output: Output',
    'output: Output.extend({ at: z.date() })',
    'output: Output.extend',
    {
      field: 'output',
      rule: 'Date cannot be represented in JSON Schema',
      fix: 'z.iso.datetime()',
    },
  ),
  inLoop('a misspelt field', 'dedupe:', 'dedup:', 'dedup:', {
    field: 'dedup',
    rule: 'unknown field `dedup`',
    fix: 'Did you mean `dedupe`?',
  }),
  inLoop('a misspelt field of a stage', 'verify: [', 'verfiy: [', 'verfiy', {
    field: 'stages.main.verfiy',
    rule: 'unknown field `verfiy`',
    fix: 'Did you mean `verify`?',
  }),
  inLoop('no verifier', /verify: \[[^]*?\n {6}\],/.exec(loopText('x'))?.[0] ?? '', 'verify: [],', 'verify: []', {
    field: 'stages.main.verify',
    rule: 'the stage has no verifier',
    fix: "Add a `check('name'",
  }),
  inLoop(
    'two verifiers with one name',
    CHECK,
    `check('greets', () => ({ verdict: 'pass', evidence: 'x' })),\n        ${CHECK}`,
    CHECK,
    {
      field: 'stages.main.verify.1',
      rule: 'two verifiers have the name "greets"',
      fix: 'Give each its own',
    },
  ),
  inLoop('an effect that does not say whether it may be repeated', ', repeatable: true', '', 'send: {', {
    field: 'act.send.repeatable',
    rule: 'expected true or false, got nothing',
    fix: 'repeatable: false',
  }),
  inLoop('a stage that nothing runs', 'main: {', 'first: {', 'stages: {', {
    field: 'stages',
    rule: 'expected a stage `main`',
    fix: 'workflow.ts',
  }),
  inLoop(
    'no answer without a model',
    /generate: model[^]*?\n {6}\}\),/.exec(loopText('x'))?.[0] ?? '',
    'generate: model(),',
    'generate: model(),',
    {
      field: 'stages.main.generate',
      rule: 'the embedded learner, and it is given neither `decision` nor `keyless`',
      fix: 'Declare a model for it in loopwright.yaml',
    },
  ),
  inLoop(
    'documents that are not there',
    'generate: model',
    "context: [documents('kb')],\n      generate: model",
    "documents('kb')",
    { field: 'stages.main.context.0', rule: 'folder `kb` is not there', fix: 'kb/policy.md' },
    (text) => replaced(text, IMPORT, 'import { check, defineLoop, documents, model }'),
  ),
  judged('a judge whose route is missing', 'jugde', {
    field: 'stages.main.verify.0',
    rule: 'asks model route "jugde", which is not there',
    fix: '`jugde: { model: … }`',
  }),
  judged("a judge that is the generator's model", 'same', {
    field: 'stages.main.verify.0',
    rule: 'SelfVerification: judge `kind` (route "same") is model big',
    fix: 'another model',
  }),
];

const SELF = `import { check, compute, defineLoop } from 'loopwright';
import { z } from 'zod';
const Any = z.object({});
const grade = () => ({ verdict: 'pass' as const, evidence: 'mine' });
export const selfish = defineLoop({
  name: 'selfish',
  input: Any,
  output: Any,
  stages: {
    main: { generate: compute('grade', grade), verify: [check('fine', grade)] },
  },
});
`;

const CASE = '{"id":"a","input":{"id":"1","text":"x"},"expect":{"tone":{"warm":true}}}';

const BESIDE: readonly PlantedMistake[] = [
  {
    what: 'a generator that grades itself',
    files: { 'selfish/loop.ts': SELF },
    at: `selfish/loop.ts:${lineIn(SELF, 'main: {')}`,
    field: 'stages.main.verify.0',
    rule: "SelfVerification: `fine` is the generator's own function",
    fix: 'Check with another function',
  },
  ...[1, 2].map((which) => ({
    what: `two loops with one name, the ${which === 1 ? 'first' : 'second'}`,
    files: { [`twin${which}/loop.ts`]: loopText('twin') },
    at: `twin${which}/loop.ts:${lineIn(loopText('twin'), 'defineLoop({')}`,
    field: 'name',
    rule: `twin${3 - which}/loop.ts:${lineIn(loopText('twin'), 'defineLoop({')} defines a loop \`twin\` too, so neither runs`,
    fix: 'Give one of them another name',
  })),
  beside('a case that is no JSON', 'cases.jsonl', `// ours\n\n${CASE}\n{"id":\n`, '{"id":\n', {
    rule: 'this is no JSON',
    fix: 'one JSON object a line',
  }),
  beside(
    'a case whose input does not fit',
    'cases.jsonl',
    `${CASE}\n{"id":"b","input":{"id":"1","text":""}}\n`,
    '"b"',
    {
      field: 'input.text',
      rule: 'expected a text that is not empty, got ""',
      fix: 'Write such a value',
    },
  ),
  beside(
    'a case that expects what the output has not',
    'cases.jsonl',
    `${CASE}\n{"id":"b","input":{"id":"1","text":"x"},"expect":{"tone":{"cold":true}}}\n`,
    '"b"',
    {
      field: 'expect.tone.cold',
      rule: 'the output has no such field',
      fix: 'the output has warm, words',
    },
  ),
  beside(
    'a case that expects what does not fit',
    'cases.jsonl',
    '{"id":"b","input":{"id":"1","text":"x"},"expect":{"reply":1}}\n',
    '"b"',
    {
      field: 'expect.reply',
      rule: 'expected a text, got 1',
      fix: 'Write such a value',
    },
  ),
  beside(
    'an unknown slice',
    'cases.jsonl',
    `${CASE}\n{"id":"b","input":{"id":"1","text":"x"},"slice":"gaurd"}\n`,
    '"b"',
    {
      field: 'slice',
      rule: 'expected one of target, guard, pinned, got "gaurd"',
      fix: 'guard',
    },
  ),
  beside('two cases with one id', 'cases.jsonl', `${CASE}\n\n${CASE.replace('"x"', '"y"')}\n`, '"y"', {
    field: 'id',
    rule: 'line 1 has the id "a" too',
    fix: 'its own',
  }),
  beside(
    'workflow code with I/O',
    'workflow.ts',
    "import { loopWorkflow } from 'loopwright/workflow';\nimport { readFileSync } from 'node:fs';\nexport const x = [loopWorkflow, readFileSync];\n",
    'node:fs',
    {
      rule: 'workflow code is replayed and has no I/O, but imports `node:fs`',
      fix: 'in `loop.ts`',
    },
  ),
  {
    what: "workflow code under another name than the loop's",
    files: {
      'unnamed/loop.ts': loopText('unnamed'),
      'unnamed/workflow.ts':
        "import { loopWorkflow } from 'loopwright/workflow';\nexport const other = loopWorkflow('other', async (run) => await run.stage('main'));\n",
    },
    at: 'unnamed/workflow.ts',
    rule: 'exports no workflow under the name of the loop, `unnamed`',
    fix: 'export const unnamed = loopWorkflow',
  },
  {
    what: 'a harness that nothing reads',
    files: { 'misnamed/loop.ts': loopText('misnamed'), 'misnamed/harness.yml': "approval: { when: 'true' }\n" },
    at: 'misnamed/harness.yml',
    rule: 'nothing reads a file of this name',
    fix: 'Did you mean `harness.yaml`?',
  },
  {
    what: 'a harness that cannot be read',
    files: { 'unread/loop.ts': loopText('unread'), 'unread/harness.yaml/a.txt': '' },
    at: 'unread/harness.yaml',
    rule: 'cannot be read: EISDIR',
    fix: 'Make it a file that can be read.',
  },
];

/** Every planted mistake, each in a folder of its own. */
export const PLANTED: readonly PlantedMistake[] = [...HARNESS, ...DEFINITION, ...BESIDE];
