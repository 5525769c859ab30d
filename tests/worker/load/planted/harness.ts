import { loopText } from '../../../support/planted-loops.ts';
import { beside, type PlantedMistake } from './planting.ts';

/** Mistakes in `harness.yaml`. */
export const HARNESS: readonly PlantedMistake[] = [
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
  ...['', '\n \n', "# approval:\n#   when: 'true'\n", '---\n'].map((text, index) => ({
    what: `a file that says nothing: ${JSON.stringify(text)}`,
    files: { [`blank${index}/loop.ts`]: loopText(`blank${index}`), [`blank${index}/harness.yaml`]: text },
    at: `blank${index}/harness.yaml`,
    rule: 'says nothing',
    fix: 'for every default delete the file, or write `{}`',
  })),
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
  beside(
    'an eval of a field that no output has',
    'harness.yaml',
    'evals:\n  - id: a\n    kind: notContains\n    field: repyl\n    text: x\n',
    'field',
    {
      field: 'evals.0.field',
      rule: 'has a field `repyl`, so the eval would look at nothing',
      fix: 'Did you mean `reply`?',
    },
  ),
  beside(
    'an eval of a field inside another',
    'harness.yaml',
    'evals:\n  - { id: a, kind: contains, field: tone.words, text: x }\n',
    'field',
    {
      field: 'evals.0.field',
      rule: 'has a field `tone.words`',
      fix: 'Name one of reply, tone; without `field` it looks at the whole output as JSON.',
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
  beside('a rule over a field that no input has', 'harness.yaml', 'approval:\n  when: input.txt.size() > 9\n', 'when', {
    field: 'approval.when',
    rule: 'has a field `txt`',
    fix: 'Did you mean `text`?',
  }),
  beside('a cap of a stage that there is not', 'harness.yaml', 'limits:\n  usdPerStage:\n    draft: 1\n', 'draft', {
    field: 'limits.usdPerStage.draft',
    rule: 'has no stage `draft`',
    fix: 'It has: main.',
  }),
  beside('a contract of no effect', 'harness.yaml', 'tools:\n  - name: search\n', '- name', {
    field: 'tools.0.name',
    rule: 'has no effect `search`',
    fix: 'It has:',
  }),
];
