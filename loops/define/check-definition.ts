import { nearest } from '../../core/nearest.ts';
import { schemaMistakes } from './check-schema.ts';
import { sourceMistakes } from './check-sources.ts';
import { verifierMistakes } from './check-verifiers.ts';
import { isFields, kindOf, mistake, words, type Fields, type Mistakes } from './definition-mistake.ts';

const LOOP_FIELDS = ['name', 'input', 'output', 'dedupe', 'tenant', 'expects', 'stages', 'act'] as const;
const STAGE_FIELDS = ['context', 'generate', 'verify', 'output'] as const;
const EFFECT_FIELDS = ['run', 'repeatable'] as const;

/** Workflow types that mean something else. */
const RESERVED: readonly string[] = ['improve', 'evaluateHarness', 'watchHarness', 'askJudges'];

const CAMEL_CASE = /^[a-z][a-zA-Z0-9]*$/;

/** Every mistake in what was given to `defineLoop`: TypeScript's types are gone when a file runs unbuilt, so nothing is taken for granted. */
export function* mistakesIn(definition: unknown): Mistakes {
  if (!isFields(definition)) {
    yield mistake(
      'name',
      `expected an object with the loop's definition, got ${words(definition)}`,
      'Write `defineLoop({ name: …, input: …, output: …, stages: … })`.',
    );
    return;
  }
  yield* unknownFields('', definition, LOOP_FIELDS);
  yield* nameMistakes(definition['name']);
  yield* schemaMistakes('input', definition['input'], 'input');
  yield* schemaMistakes('output', definition['output'], 'output');
  const { dedupe } = definition;
  if (dedupe !== undefined && typeof dedupe !== 'function')
    yield mistake(
      'dedupe',
      `expected a function of the input, got ${words(dedupe)}`,
      'Write `dedupe: (input) => input.id`, or leave it out: then every run is its own work.',
    );
  const { tenant } = definition;
  if (tenant !== undefined && typeof tenant !== 'function')
    yield mistake(
      'tenant',
      `expected a function of the input, got ${words(tenant)}`,
      'Write `tenant: (input) => input.customer`, or leave it out: then no cap of a tenant holds.',
    );
  const { expects } = definition;
  if (expects !== undefined && typeof expects !== 'function')
    yield mistake(
      'expects',
      `expected a function of the output, got ${words(expects)}`,
      "Write `expects: (output) => ({ team: output.team })`, or leave it out: then a decision's label is expected, or nothing.",
    );
  yield* stagesMistakes(definition['stages']);
  yield* effectsMistakes(definition['act']);
}

/** What is wrong with the name of a loop. */
export function* nameMistakes(name: unknown): Mistakes {
  if (typeof name !== 'string' || !CAMEL_CASE.test(name)) {
    yield mistake(
      'name',
      `expected camelCase, got ${words(name)}`,
      `Write \`name: '${camelCase(name) ?? 'myLoop'}'\`: it is the Temporal workflow type.`,
    );
  } else if (RESERVED.includes(name)) {
    yield mistake('name', `\`${name}\` is reserved for the product's own workflow`, 'Give the loop another name.');
  }
}

function* stagesMistakes(stages: unknown): Mistakes {
  if (!isFields(stages) || Object.keys(stages).length === 0) {
    yield mistake(
      'stages',
      `expected at least one stage, got ${words(stages)}`,
      'Write `stages: { main: { generate: …, verify: […] } }`.',
    );
    return;
  }
  for (const [name, stage] of Object.entries(stages)) {
    const at = `stages.${name}`;
    yield* camelCaseMistakes(at, name);
    if (isFields(stage)) yield* stageMistakes(at, stage);
    else yield mistake(at, `expected a stage, got ${words(stage)}`, `Write \`${name}: { generate: …, verify: […] }\`.`);
  }
}

function* stageMistakes(at: string, stage: Fields): Mistakes {
  yield* unknownFields(at, stage, STAGE_FIELDS);
  const { context, generate, verify, output } = stage;
  const byModel = kindOf(generate) === 'model';
  if (output !== undefined) yield* schemaMistakes(`${at}.output`, output, byModel ? 'output' : 'made');
  if (
    context !== undefined &&
    !(Array.isArray(context) && context.every((item) => isFields(item) && typeof item['fetch'] === 'function'))
  )
    yield mistake(
      `${at}.context`,
      `expected a list of sources, got ${words(context)}`,
      "Write `context: [lessons({ limit: 12 }), documents('kb')]`, or make your own with `source({ … })`.",
    );
  else yield* sourceMistakes(`${at}.context`, context ?? []);
  if (!byModel && kindOf(generate) !== 'compute')
    yield mistake(
      `${at}.generate`,
      `expected a generator, got ${words(generate)}`,
      "Write `generate: model()` or `generate: compute('name', (input) => …)`.",
    );
  if (Array.isArray(verify) && verify.length > 0) yield* verifierMistakes(at, generate, verify);
  else
    yield mistake(
      `${at}.verify`,
      verify === undefined || Array.isArray(verify)
        ? 'the stage has no verifier, and nothing passes unproven'
        : `expected a list of verifiers, got ${words(verify)}`,
      "Add a `check('name', (output, input) => …)` or a `judge('name', { … })`.",
    );
}

function* effectsMistakes(act: unknown): Mistakes {
  if (act === undefined) return;
  if (!isFields(act)) {
    yield mistake(
      'act',
      `expected effects by name, got ${words(act)}`,
      'Write `act: { publish: { run: async (output, { idempotencyKey }) => …, repeatable: true } }`.',
    );
    return;
  }
  for (const [name, effect] of Object.entries(act)) {
    const at = `act.${name}`;
    yield* camelCaseMistakes(at, name);
    if (!isFields(effect)) {
      yield mistake(
        at,
        `expected an effect, got ${words(effect)}`,
        `Write \`${name}: { run: async (output, { idempotencyKey }) => …, repeatable: true }\`.`,
      );
      continue;
    }
    yield* unknownFields(at, effect, EFFECT_FIELDS);
    if (typeof effect['run'] !== 'function')
      yield mistake(
        `${at}.run`,
        `expected the function that does it, got ${words(effect['run'])}`,
        'Write `run: async (output, { idempotencyKey }) => …`.',
      );
    if (typeof effect['repeatable'] !== 'boolean')
      yield mistake(
        `${at}.repeatable`,
        `expected true or false, got ${words(effect['repeatable'])}`,
        'Write `repeatable: true` where running it twice with the same key does no harm, else `repeatable: false`: then it is never run again after a crash in the middle.',
      );
  }
}

function* camelCaseMistakes(at: string, name: string): Mistakes {
  if (!CAMEL_CASE.test(name))
    yield mistake(at, `expected its name to be camelCase, got "${name}"`, `Call it \`${camelCase(name) ?? 'main'}\`.`);
}

/** Fields that nobody reads. */
export function* unknownFields(at: string, value: Fields, known: readonly string[]): Mistakes {
  for (const field of Object.keys(value).filter((name) => !known.includes(name))) {
    const meant = nearest(field, known);
    yield mistake(
      at === '' ? field : `${at}.${field}`,
      `unknown field \`${field}\``,
      meant === undefined ? `Remove it; known are ${known.join(', ')}.` : `Did you mean \`${meant}\`?`,
    );
  }
}

/** `my-loop`, `My Loop` → `myLoop`; undefined where nothing is left. */
function camelCase(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const joined = name.replaceAll(/[^a-zA-Z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase()).replace(/^\d+/, '');
  return joined === '' ? undefined : joined.charAt(0).toLowerCase() + joined.slice(1);
}
