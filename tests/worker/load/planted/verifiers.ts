import { CHECK, IMPORT, inLoop, replaced, type PlantedMistake } from './planting.ts';

/** Mistakes in who verifies, each with another verifier than a check. */
export const VERIFIERS: readonly PlantedMistake[] = [
  verifying('a criterion that is no question', "judge('kind', { polite: '' }, { model: 'strong' })", {
    rule: 'expected criterion `polite` to be a question, got ""',
    fix: "Write `judge('kind', { polite: 'Is the reply polite?' }",
  }),
  verifying('a criterion whose name breaks the prompt', "judge('kind', { 'a: b': 'Is it?' }, { model: 'strong' })", {
    rule: 'expected the name of a criterion to be up to 100 letters, digits',
    fix: "Write `judge('kind'",
  }),
  verifying('a panel of one', "panel('jury', { polite: 'Is it?' }, { models: ['strong'] })", {
    rule: 'expected a panel of 2 to 7 model routes, got 1',
    fix: 'use a judge()',
  }),
  verifying('a panel with one route twice', "panel('jury', { polite: 'Is it?' }, { models: ['strong', 'strong'] })", {
    rule: 'route "strong" is in the panel twice, and would agree with itself',
    fix: "models: ['judge', 'second']",
  }),
  verifying('a panel with one model twice', "panel('jury', { polite: 'Is it?' }, { models: ['strong', 'same'] })", {
    rule: 'panel `jury` asks model big twice, on routes "strong" and "same"',
    fix: 'Route them to different models',
  }),
  verifying('a panel whose route is missing', "panel('jury', { polite: 'Is it?' }, { models: ['strong', 'thrid'] })", {
    rule: 'panel `jury` asks model route "thrid", which is not there',
    fix: '`thrid: { model: … }`',
  }),
  verifying('a panel without a rubric', "panel('jury', {}, { models: ['strong', 'judge'] })", {
    rule: 'panel `jury` has no rubric',
    fix: "Give it one: `panel('name'",
  }),
  verifying('a comparison with nothing', "pairwise('better', { apt: 'Which?' }, { model: 'strong' })", {
    rule: "expected `baseline` to be 'best' or a function of the input, got nothing",
    fix: "Write `baseline: 'best'`",
  }),
  verifying('a comparison by nothing', "pairwise('better', {}, { model: 'strong', baseline: 'best' })", {
    rule: '`better` has nothing to compare by',
    fix: 'Give it a question',
  }),
  verifying('a question that asks nothing', "human('sign-off', ' ')", {
    rule: 'expected a question of 1 to 500 characters for a person, got one of 1 characters',
    fix: "Write `human('sign-off'",
  }),
];

/** A good loop with another verifier before its check. */
function verifying(what: string, verifier: string, said: Pick<PlantedMistake, 'rule' | 'fix'>): PlantedMistake {
  const imports = (text: string) =>
    replaced(text, IMPORT, 'import { check, defineLoop, human, judge, model, pairwise, panel }');
  return inLoop(
    what,
    CHECK,
    `${verifier} as never,\n        ${CHECK}`,
    verifier,
    { field: 'stages.main.verify.0', ...said },
    imports,
  );
}
