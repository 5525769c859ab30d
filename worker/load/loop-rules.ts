import { stageFields } from '../../activities/verifiers/stage-evals.ts';
import type { Harness } from '../../contract/harness.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { nearest } from '../../core/nearest.ts';
import { mayHave } from '../../core/output-fields.ts';
import type { Loop, Stage, Verifier } from '../../loops/define/index.ts';
import { routesOf } from '../../loops/define/verifiers.ts';
import type { RouteModels } from '../models/config.ts';
import { routeChain } from '../models/fallbacks.ts';
import { ruleFieldMistakes } from './rule-fields.ts';
import type { MistakeAt } from './schema-mistakes.ts';

/** Makes a mistake at a field of a definition. */
export type InLoop = (field: string, rule: string, fix: string) => Mistake;

/** A loop and what stands around it. `inLoop` and `inHarness` make mistakes at fields of the two files. */
export interface LoopAround {
  readonly loop: Loop;
  readonly harness: Harness;
  /** Unknown where `loopwright.yaml` has mistakes itself. */
  readonly models: RouteModels | undefined;
  /** Whether the loop has workflow code of its own. */
  readonly workflow: boolean;
  readonly inLoop: InLoop;
  readonly inHarness: MistakeAt;
}

/** Mistakes that definition, harness and models only make together. */
export function* togetherMistakes(around: LoopAround): Generator<Mistake, void> {
  yield* stageMistakes(around);
  yield* rubricMistakes(around);
  yield* fieldMistakes(around);
  yield* toolMistakes(around);
  yield* capMistakes(around);
  yield* ruleFieldMistakes(around.loop, around.harness, around.inHarness);
  if (around.models === undefined) return;
  yield* routeMistakes(around, around.models);
  for (const [name, stage] of Object.entries(around.loop.stages)) {
    yield* keylessMistakes(name, stage, around, around.models);
    for (const [index, verifier] of stage.verify.entries()) {
      yield* judgeMistakes(`stages.${name}.verify.${index}`, verifier, around, around.models);
      yield* chainMistakes(`stages.${name}.verify.${index}`, stage, verifier, around, around.models);
    }
  }
}

/** Without workflow code a loop is its stage `main`. */
function* stageMistakes({ loop, workflow, inLoop }: LoopAround): Generator<Mistake, void> {
  if (workflow) return;
  const names = Object.keys(loop.stages);
  const fix = `Call the loop's one stage \`main\`, or say in \`workflow.ts\` next to it what runs when: \`export const ${loop.name} = loopWorkflow('${loop.name}', async (run) => …)\`.`;
  if (!names.includes('main')) {
    yield inLoop('stages', 'expected a stage `main`, or workflow code for the others', fix);
    return;
  }
  for (const name of names.filter((other) => other !== 'main'))
    yield inLoop(`stages.${name}`, 'nothing runs this stage: without workflow code a loop is its stage `main`', fix);
}

function* rubricMistakes({ loop, harness, inLoop, inHarness }: LoopAround): Generator<Mistake, void> {
  const rubrics = harness.evals.flatMap(({ kind }, index) => (kind === 'rubric' ? [index] : []));
  let judged = false;
  for (const [name, { verify }] of Object.entries(loop.stages)) {
    for (const [index, verifier] of verify.entries()) {
      if (verifier.kind !== 'judge' && verifier.kind !== 'panel') continue;
      judged = true;
      if (rubrics.length === 0 && Object.keys(verifier.rubric).length === 0)
        yield inLoop(
          `stages.${name}.verify.${index}`,
          `${verifier.kind} \`${verifier.name}\` has no rubric, so it could prove nothing`,
          `Give it one: \`${verifier.kind}('name', { polite: 'Is the reply polite?' }${verifier.kind === 'panel' ? ', …' : ''})\`.`,
        );
    }
  }
  if (judged) return;
  for (const index of rubrics)
    yield inHarness(
      ['evals', index],
      'a rubric, but no stage has a judge() to read it',
      `Add a judge to the loop, or make it an eval of another kind.`,
    );
}

/** An eval of a field that no stage makes would be asked of nothing. */
function* fieldMistakes({ loop, harness, inHarness }: LoopAround): Generator<Mistake, void> {
  const outputs = stageFields(loop);
  const names = [...new Set(outputs.flatMap((output) => output.names))];
  for (const [index, item] of harness.evals.entries()) {
    const field = 'field' in item ? item.field : undefined;
    if (field === undefined || outputs.some((output) => mayHave(output, field))) continue;
    const near = nearest(field, names);
    yield inHarness(
      ['evals', index, 'field'],
      `no output of loop \`${loop.name}\` has a field \`${field}\`, so the eval would look at nothing`,
      near === undefined
        ? `Name one of ${names.join(', ')}; without \`field\` it looks at the whole output as JSON.`
        : `Did you mean \`${near}\`?`,
    );
  }
}

/** A contract of an effect that there is not, of a field that no output has, or beside another of the same effect. */
function* toolMistakes({ loop, harness, inHarness }: LoopAround): Generator<Mistake, void> {
  const effects = Object.keys(loop.act);
  const [output] = stageFields({ stages: { main: {} as Stage<unknown, unknown> }, output: loop.output });
  for (const [index, { name, args }] of harness.tools.entries()) {
    if (!effects.includes(name)) {
      const near = nearest(name, effects);
      const fix = near === undefined ? `It has: ${effects.join(', ') || 'none'}.` : `Did you mean \`${near}\`?`;
      yield inHarness(['tools', index, 'name'], `loop \`${loop.name}\` has no effect \`${name}\``, fix);
    }
    if (harness.tools.findIndex((tool) => tool.name === name) < index)
      yield inHarness(['tools', index, 'name'], `two contracts are of effect \`${name}\``, 'Make one of them.');
    for (const field of [...Object.keys(args?.properties ?? {}), ...(args?.required ?? [])])
      if (output !== undefined && !mayHave(output, field))
        yield inHarness(
          ['tools', index, 'args'],
          `no output of loop \`${loop.name}\` has a field \`${field}\``,
          `Name one of ${output.names.join(', ')}.`,
        );
  }
}

/** A cap of a stage that there is not caps nothing. */
function* capMistakes({ loop, harness, inHarness }: LoopAround): Generator<Mistake, void> {
  const names = Object.keys(loop.stages);
  for (const name of Object.keys(harness.limits.usdPerStage).filter((one) => !names.includes(one)))
    yield inHarness(
      ['limits', 'usdPerStage', name],
      `loop \`${loop.name}\` has no stage \`${name}\``,
      `It has: ${names.join(', ')}.`,
    );
}

function* routeMistakes({ loop, harness, inHarness }: LoopAround, models: RouteModels): Generator<Mistake, void> {
  if (!Object.values(loop.stages).some(({ generate }) => generate.kind === 'model')) return;
  for (const [index, { model, atLeast }] of harness.routing.entries()) {
    if (!models.has(model))
      yield inHarness(
        ['routing', index, 'model'],
        `there is no model route "${model}"`,
        `Declare it under \`models\` in loopwright.yaml, or use one of ${[...models.keys()].join(', ')}.`,
      );
    else if (atLeast !== undefined && models.get(model) !== 'local')
      yield inHarness(
        ['routing', index, 'atLeast'],
        `route "${model}" is a model, and only the embedded learner says how sure it is`,
        'Leave `atLeast` out, or write `model: local`; what a model says of its confidence is asked by `when: confidence < 0.9` of the next attempt.',
      );
  }
}

/** The embedded learner picks among labels; for anything else a stage has to say itself what to answer without a model. */
function* keylessMistakes(
  name: string,
  { generate }: Stage<unknown, unknown>,
  { harness, inLoop }: LoopAround,
  models: RouteModels,
): Generator<Mistake, void> {
  if (generate.kind !== 'model' || generate.decision !== undefined || generate.keyless !== undefined) return;
  // With a threshold it is passed by where it cannot answer.
  const route = harness.routing.find(({ model, atLeast }) => models.get(model) === 'local' && atLeast === undefined);
  if (route !== undefined)
    yield inLoop(
      `stages.${name}.generate`,
      `route "${route.model}" is the embedded learner, and it is given neither \`decision\` nor \`keyless\``,
      `Declare a model for it in loopwright.yaml (\`models: { ${route.model}: { model: … } }\`), or write \`model({ keyless: (input) => … })\`.`,
    );
}

/** A model that stands in for another must not grade what it may have made itself. What is so without stand-ins `review` refuses. */
function* chainMistakes(
  field: string,
  { generate }: Stage<unknown, unknown>,
  verifier: Verifier<unknown, unknown>,
  { harness, inLoop }: LoopAround,
  models: RouteModels,
): Generator<Mistake, void> {
  if (generate.kind !== 'model') return;
  const made = harness.routing.map(({ model }) => model);
  const makers = made.flatMap((name) => routeChain(name, models));
  for (const asked of routesOf(verifier)) {
    if (made.some((name) => models.get(name) === models.get(asked))) continue;
    // A panel's members are asked in person.
    const graders = verifier.kind === 'panel' ? [asked] : routeChain(asked, models);
    const both = graders.find((grader) => makers.some((maker) => models.get(maker) === models.get(grader)));
    if (both === undefined || models.get(both) === 'local' || models.get(both) === undefined) continue;
    yield inLoop(
      field,
      `SelfVerification: ${verifier.kind} \`${verifier.name}\` may be answered by ${models.get(both)}, which may have made the output, because one of them stands in for another (\`fallback\`)`,
      'Give the judge and the generator stand-ins that are different models, in loopwright.yaml.',
    );
  }
}

/** Every route that a verifier asks has to lead to a model, and those of a panel to different ones. */
function* judgeMistakes(
  field: string,
  verifier: Verifier<unknown, unknown>,
  { inLoop }: LoopAround,
  models: RouteModels,
): Generator<Mistake, void> {
  const asked = new Map<string, string>();
  for (const route of routesOf(verifier)) {
    const model = models.get(route);
    if (model === undefined || model === 'local') {
      const is = model === undefined ? 'which is not there' : 'which is the embedded learner: it judges nothing';
      yield inLoop(
        field,
        `${verifier.kind} \`${verifier.name}\` asks model route "${route}", ${is}`,
        `Declare a model for it under \`models\` in loopwright.yaml: \`${route}: { model: … }\`.`,
      );
      continue;
    }
    const twin = asked.get(model);
    if (twin !== undefined)
      yield inLoop(
        field,
        `panel \`${verifier.name}\` asks model ${model} twice, on routes "${twin}" and "${route}": it would agree with itself`,
        'Route them to different models in loopwright.yaml, or take one out of the panel.',
      );
    asked.set(model, route);
  }
}
