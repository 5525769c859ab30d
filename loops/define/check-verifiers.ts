import { isFields, kindOf, mistake, words, type Fields, type Mistakes } from './definition-mistake.ts';

const KINDS: readonly unknown[] = ['check', 'judge', 'panel', 'pairwise', 'human'];

/** Judges of a panel: one is a judge(), and more than seven make it no surer. */
const PANEL = { fewest: 2, most: 7 } as const;

/** Names of criteria stand in prompts, verdicts and gates. */
const CRITERION = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,99}$/u;

/** Mistakes in a stage's verifiers. */
export function* verifierMistakes(at: string, generate: unknown, verify: readonly unknown[]): Mistakes {
  const names: unknown[] = [];
  for (const [index, verifier] of verify.entries()) {
    const field = `${at}.verify.${index}`;
    const kind = kindOf(verifier);
    if (!isFields(verifier) || !KINDS.includes(kind)) {
      yield mistake(
        field,
        `expected a verifier, got ${words(verifier)}`,
        "Make it with `check('name', (output, input) => …)` or `judge('name', { … })`.",
      );
      continue;
    }
    const { name } = verifier;
    if (typeof name !== 'string' || name.trim() === '')
      yield mistake(
        field,
        `expected the verifier to have a name, got ${words(name)}`,
        `Write \`${String(kind)}('what-it-proves', …)\`.`,
      );
    else if (names.includes(name))
      yield mistake(field, `two verifiers have the name "${name}"`, 'Give each its own: verdicts are kept by name.');
    names.push(name);
    if (kind === 'check') yield* selfVerification(field, generate, verifier);
    else if (kind === 'human') yield* questionMistakes(field, verifier);
    else yield* modelMistakes(field, verifier, verify.length === 1);
  }
}

function* selfVerification(field: string, generate: unknown, verifier: Fields): Mistakes {
  if (typeof verifier['run'] !== 'function')
    yield mistake(
      field,
      `expected a function that checks, got ${words(verifier['run'])}`,
      "Write `check('name', (output, input) => ({ verdict: 'pass', evidence: '…' }))`.",
    );
  if (!isFields(generate) || generate['kind'] !== 'compute') return;
  const same =
    generate['run'] === verifier['run']
      ? 'own function'
      : generate['name'] === verifier['name']
        ? 'own name'
        : undefined;
  if (same === undefined) return;
  yield mistake(
    field,
    `SelfVerification: \`${String(verifier['name'])}\` is the generator's ${same}, and nothing grades itself`,
    'Check with another function, under a name of its own, that finds out by another way.',
  );
}

function* modelMistakes(field: string, verifier: Fields, alone: boolean): Mistakes {
  const { kind, name, rubric } = verifier;
  yield* rubricMistakes(field, verifier);
  const { readsInput } = verifier;
  if (readsInput !== undefined && typeof readsInput !== 'boolean')
    yield mistake(
      field,
      `expected \`readsInput\` to be true or false, got ${words(readsInput)}`,
      'Say whether its criteria are about how the output fits its input, or leave it out.',
    );
  if (kind === 'panel') yield* panelMistakes(field, verifier);
  else if (typeof verifier['model'] !== 'string' || verifier['model'].trim() === '')
    yield mistake(
      field,
      `expected \`model\` to be the name of a model route, got ${words(verifier['model'])}`,
      `Write \`${String(kind)}('${String(name)}', { … }, { model: 'judge' })\` with a route of loopwright.yaml.`,
    );
  if (kind === 'pairwise') yield* baselineMistakes(field, verifier, alone);
  // Rubrics of the harness are questions of yes or no, so a comparison can have none from there.
  if (kind === 'pairwise' && isFields(rubric) && Object.keys(rubric).length === 0)
    yield mistake(
      field,
      `\`${String(name)}\` has nothing to compare by`,
      "Give it a question: `pairwise('name', { complete: 'Which one answers more of what was asked?' }, …)`.",
    );
}

function* rubricMistakes(field: string, { kind, name, rubric }: Fields): Mistakes {
  const write = `Write \`${String(kind)}('${String(name)}', { polite: 'Is the reply polite?' }, …)\`.`;
  if (!isFields(rubric)) {
    yield mistake(field, `expected a rubric, got ${words(rubric)}`, write);
    return;
  }
  for (const [criterion, question] of Object.entries(rubric)) {
    if (!CRITERION.test(criterion))
      yield mistake(
        field,
        `expected the name of a criterion to be up to 100 letters, digits, spaces, \`-\`, \`_\` and \`.\`, got ${words(criterion)}`,
        write,
      );
    if (typeof question !== 'string' || question.trim() === '')
      yield mistake(field, `expected criterion \`${criterion}\` to be a question, got ${words(question)}`, write);
  }
}

function* panelMistakes(field: string, { name, models }: Fields): Mistakes {
  const write = `Write \`panel('${String(name)}', { … }, { models: ['judge', 'second'] })\` with routes of loopwright.yaml, or use a judge().`;
  if (!Array.isArray(models) || !models.every((route) => typeof route === 'string' && route.trim() !== '')) {
    yield mistake(field, `expected \`models\` to be a list of model routes, got ${words(models)}`, write);
    return;
  }
  const routes: readonly unknown[] = models;
  const twice = routes.find((route, index) => routes.indexOf(route) !== index);
  if (twice !== undefined)
    yield mistake(field, `route ${words(twice)} is in the panel twice, and would agree with itself`, write);
  else if (routes.length < PANEL.fewest || routes.length > PANEL.most)
    yield mistake(
      field,
      `expected a panel of ${PANEL.fewest} to ${PANEL.most} model routes, got ${routes.length}`,
      write,
    );
}

function* baselineMistakes(field: string, { name, baseline }: Fields, alone: boolean): Mistakes {
  if (baseline !== 'best' && typeof baseline !== 'function')
    yield mistake(
      field,
      `expected \`baseline\` to be 'best' or a function of the input, got ${words(baseline)}`,
      "Write `baseline: 'best'` for the best attempt so far, or `baseline: (input) => …` for a reference of your own.",
    );
  else if (baseline === 'best' && alone)
    yield mistake(
      field,
      `\`${String(name)}\` compares with earlier attempts, so nothing would verify the first one`,
      'Put another verifier beside it, or give it a reference: `baseline: (input) => …`.',
    );
}

function* questionMistakes(field: string, { name, question }: Fields): Mistakes {
  if (typeof question === 'string' && question.trim() !== '' && question.length <= 500) return;
  const got = typeof question === 'string' ? `one of ${question.length} characters` : words(question);
  yield mistake(
    field,
    `expected a question of 1 to 500 characters for a person, got ${got}`,
    `Write \`human('${String(name)}', 'Would you send this to your own customer?')\`.`,
  );
}
