import { fieldsOf, stageFields } from '../../activities/verifiers/stage-evals.ts';
import type { Harness } from '../../contract/harness.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { nearest } from '../../core/nearest.ts';
import { mayHave, type OutputFields } from '../../core/output-fields.ts';
import { fieldsRead } from '../../core/rule-fields.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { MistakeAt } from './schema-mistakes.ts';

/** A rule of a harness and where it stands. */
interface PlacedRule {
  readonly rule: string;
  readonly path: readonly PropertyKey[];
}

/**
 * Rules that read a field which no input, or no output, of the loop may have: they could never be decided. Code that
 * changed leaves such rules behind.
 */
export function* ruleFieldMistakes(
  loop: Pick<Loop, 'name' | 'input' | 'output' | 'stages'>,
  harness: Harness,
  inHarness: MistakeAt,
): Generator<Mistake, void> {
  const known: readonly (readonly [string, readonly OutputFields[]])[] = [
    ['input', [fieldsOf(loop.input)]],
    ['output', [fieldsOf(loop.output), ...stageFields(loop)]],
  ];
  for (const { rule, path } of rulesOf(harness))
    for (const [variable, shapes] of known)
      for (const field of fieldsIn(rule, variable).filter((one) => !shapes.some((shape) => mayHave(shape, one)))) {
        const names = [...new Set(shapes.flatMap((shape) => shape.names))];
        const near = nearest(field, names);
        yield inHarness(
          path,
          `rule \`${rule}\`: no ${variable} of loop \`${loop.name}\` has a field \`${field}\``,
          near === undefined ? `It has: ${names.join(', ') || 'none'}.` : `Did you mean \`${near}\`?`,
        );
      }
}

function rulesOf({ approval, evals, routing }: Harness): readonly PlacedRule[] {
  const placed = (rule: string | undefined, ...path: readonly PropertyKey[]): PlacedRule[] =>
    rule === undefined ? [] : [{ rule, path }];
  return [
    ...placed(approval.when, 'approval', 'when'),
    ...(approval.tiers ?? []).flatMap(({ when }, at) => placed(when, 'approval', 'tiers', at, 'when')),
    ...evals.flatMap((item, at) => (item.kind === 'cel' ? placed(item.rule, 'evals', at, 'rule') : [])),
    ...routing.flatMap(({ when }, at) => placed(when, 'routing', at, 'when')),
  ];
}

/** What is no CEL is a mistake that is told elsewhere. */
function fieldsIn(rule: string, variable: string): readonly string[] {
  try {
    return fieldsRead(rule, variable);
  } catch {
    return [];
  }
}
