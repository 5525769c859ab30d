import { loopText } from '../../../support/planted-loops.ts';
import { inLoop, judged, replaced, CHECK, IMPORT, nextName, type PlantedMistake } from './planting.ts';

/** Mistakes in `loop.ts`. */
export const DEFINITION: readonly PlantedMistake[] = [
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
    /name: '(.*)'/.exec(loopText(nextName()))?.[0] ?? '',
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
  inLoop(
    'files that are not there',
    'generate: model',
    "context: [files('kb/**/*.md')],\n      generate: model",
    "files('kb",
    { field: 'stages.main.context.0', rule: 'pattern `kb/**/*.md` fits no file', fix: 'Mend the pattern' },
    (text) => replaced(text, IMPORT, 'import { check, defineLoop, files, model }'),
  ),
  inLoop(
    'a source whose host is none',
    'generate: model',
    "context: [http({ url: 'https://example.com', hosts: ['*.com'], why: 'x' })],\n      generate: model",
    'hosts:',
    { field: 'stages.main.context.0', rule: 'got "*.com"', fix: 'without a path or a wildcard' },
    (text) => replaced(text, IMPORT, 'import { check, defineLoop, http, model }'),
  ),
  judged('a judge whose route is missing', 'jugde', {
    field: 'stages.main.verify.0',
    rule: 'asks model route "jugde", which is not there',
    fix: '`jugde: { model: … }`',
  }),
  judged("a judge that is the generator's model", 'same', {
    field: 'stages.main.verify.0',
    rule: 'SelfVerification: judge `kind` of stage `main` is model:big, which makes the output',
    fix: 'another model',
  }),
];
