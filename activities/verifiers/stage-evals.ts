import { z } from 'zod';
import type { HarnessEval } from '../../contract/harness.ts';
import { mayHave, outputFields, type OutputFields } from '../../core/output-fields.ts';
import type { JsonSchema } from '../../core/json-schema.ts';
import type { Loop, Stage } from '../../loops/define/index.ts';

const known = new WeakMap<z.ZodType, OutputFields>();

/** The fields that what a schema has accepted may have; looked up once, because schemas do not change. */
export function fieldsOf(schema: z.ZodType): OutputFields {
  const fields =
    known.get(schema) ??
    outputFields(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }) as unknown as JsonSchema);
  known.set(schema, fields);
  return fields;
}

/** The fields that each stage's output may have. */
export function stageFields({ stages, output }: Pick<Loop, 'stages' | 'output'>): readonly OutputFields[] {
  return Object.values(stages).map((stage) => fieldsOf(stage.output ?? output));
}

/**
 * The evals of a harness that a stage's output is asked. One of a field is for the stages whose output may have it; one
 * of a field that none has stays, so that nothing is found and nothing proven.
 */
export function evalsFor(
  evals: readonly HarnessEval[],
  loop: Pick<Loop, 'stages' | 'output'>,
  stage: Pick<Stage<unknown, unknown>, 'output'>,
): readonly HarnessEval[] {
  return evals.filter((item) => {
    const field = 'field' in item ? item.field : undefined;
    if (field === undefined || mayHave(fieldsOf(stage.output ?? loop.output), field)) return true;
    return !stageFields(loop).some((fields) => mayHave(fields, field));
  });
}
