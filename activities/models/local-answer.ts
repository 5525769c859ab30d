import type { ManifestPart } from '../../contract/context.ts';
import { failure } from '../../contract/failures.ts';
import type { PinnedRun } from '../../contract/run.ts';
import type { ComputeContext, ModelGenerator } from '../../loops/define/generators.ts';
import type { Dependencies } from '../dependencies.ts';
import type { LearnerExample } from './learner.ts';

/** Answers without any model server: by the embedded learner where the stage is a decision, else by its `keyless` function. */
export async function answerLocally(
  deps: Dependencies,
  run: PinnedRun,
  generator: ModelGenerator<unknown, unknown>,
  input: unknown,
  parts: readonly { readonly manifest: ManifestPart; readonly text: string }[],
  context: ComputeContext,
): Promise<{ text: string; author: string; confidence?: number }> {
  const { decision, keyless } = generator;
  if (keyless !== undefined) {
    return { text: JSON.stringify(await keyless(input, context)), author: 'function:keyless' };
  }
  if (decision === undefined) {
    throw failure(
      'ModelError.BadRequest',
      `Route \`local\` answers only stages with a closed set of answers (\`decision\`) or a \`keyless\` function; this one of loop ${run.loop} has neither. Configure a model in loopwright.yaml.`,
    );
  }
  // Before the examples are read: what is erased in between makes the question a late one.
  const erasures = await deps.store.lessons.erasures();
  const examples = (await deps.lessons.labelled(run)).map((example): LearnerExample => ({
    id: example.id,
    text: decision.text(example.input),
    label: decision.label(example.output),
  }));
  const answer = await deps.learner.answer({
    loop: run.loop,
    labels: decision.labels,
    text: decision.text(input),
    examples,
    watermark: run.watermark,
    erasures,
  });
  const given = parts.map(({ manifest, text }) => ({ title: manifest.source, text }));
  const output = decision.complete({ ...answer, input, parts: given });
  const { confidence } = answer;
  return { text: JSON.stringify(output), author: `model:${deps.learner.model}`, confidence };
}
