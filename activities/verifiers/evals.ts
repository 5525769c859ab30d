import type { HarnessEval } from '../../contract/harness.ts';
import type { Criterion } from '../../contract/verdict.ts';
import { assertNever } from '../../core/assert-never.ts';
import { ruleOf } from '../rules.ts';

/** Variables of a CEL eval. */
export const EVAL_VARIABLES = ['input', 'output'] as const;

/** The harness' deterministic evals on an output. Rubrics are the judges' (`judge.ts`). */
export function runEvals(evals: readonly HarnessEval[], input: unknown, output: unknown): Criterion[] {
  return evals.filter((item) => item.kind !== 'rubric').map((item) => runEval(item, input, output));
}

function runEval(item: Exclude<HarnessEval, { kind: 'rubric' }>, input: unknown, output: unknown): Criterion {
  switch (item.kind) {
    case 'contains':
      return criterion(item.id, subject(item.field, output).includes(item.text), `expected to contain "${item.text}"`);
    case 'notContains':
      return criterion(
        item.id,
        !subject(item.field, output).includes(item.text),
        `expected not to contain "${item.text}"`,
      );
    case 'matches':
      return criterion(
        item.id,
        new RegExp(item.pattern, 'u').test(subject(item.field, output)),
        `expected to match /${item.pattern}/`,
      );
    case 'cel': {
      const decided = ruleOf(item.rule, EVAL_VARIABLES)({ input, output });
      if ('error' in decided) return { name: item.id, verdict: 'inconclusive', evidence: decided.error };
      return criterion(item.id, decided.value, `expected \`${item.rule}\``);
    }
    default:
      return assertNever(item);
  }
}

function criterion(name: string, holds: boolean, expectation: string): Criterion {
  return { name, verdict: holds ? 'pass' : 'fail', evidence: `${expectation}: ${holds ? 'yes' : 'no'}` };
}

/** The text an eval looks at: one field of the output, or all of it as JSON. */
function subject(field: string | undefined, output: unknown): string {
  const value = field === undefined ? output : (output as Record<string, unknown> | null)?.[field];
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
