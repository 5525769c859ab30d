import { lineIn, loopText } from '../../../support/planted-loops.ts';
import { beside, type PlantedMistake } from './planting.ts';

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

/** Mistakes in what lies beside them, and of files together. */
export const BESIDE: readonly PlantedMistake[] = [
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
