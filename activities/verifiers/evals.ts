import { createContext, Script } from 'node:vm';
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

type TextEval = Extract<HarnessEval, { kind: 'contains' | 'notContains' | 'matches' }>;

function runEval(item: Exclude<HarnessEval, { kind: 'rubric' }>, input: unknown, output: unknown): Criterion {
  if (item.kind !== 'cel') return runTextEval(item, output);
  const decided = ruleOf(item.rule, EVAL_VARIABLES)({ input, output });
  if ('error' in decided) return { name: item.id, verdict: 'inconclusive', evidence: decided.error };
  return criterion(item.id, decided.value, `expected \`${item.rule}\``);
}

function runTextEval(item: TextEval, output: unknown): Criterion {
  const text = subject(item.field, output);
  if (text === undefined) {
    // Nothing to look at: what has to be there is not, and all else is unproven.
    const verdict = item.kind === 'contains' ? 'fail' : 'inconclusive';
    return { name: item.id, verdict, evidence: `the output has no field \`${item.field}\`` };
  }
  switch (item.kind) {
    case 'contains':
      return criterion(item.id, text.includes(item.text), `expected to contain "${item.text}"`);
    case 'notContains':
      return criterion(item.id, !text.includes(item.text), `expected not to contain "${item.text}"`);
    case 'matches': {
      const matches = matchesWithin(item.pattern, text);
      if (matches !== undefined) return criterion(item.id, matches, `expected to match /${item.pattern}/`);
      const evidence = `/${item.pattern}/ took longer than ${MATCH_MS / 1000} s over a text of ${text.length} characters`;
      return { name: item.id, verdict: 'inconclusive', evidence };
    }
    default:
      return assertNever(item);
  }
}

function criterion(name: string, holds: boolean, expectation: string): Criterion {
  return { name, verdict: holds ? 'pass' : 'fail', evidence: `${expectation}: ${holds ? 'yes' : 'no'}` };
}

/** The text an eval looks at: one field of the output, or all of it as JSON; undefined where there is no such field, which proves nothing. */
function subject(field: string | undefined, output: unknown): string | undefined {
  const value = field === undefined ? output : (output as Record<string, unknown> | null)?.[field];
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The pattern is the author's, but the text may be anybody's: some pairs would keep the process busy for years. */
const MATCH_MS = 1000;

const room = createContext({ pattern: '', text: '' });
const match = new Script('new RegExp(pattern, "u").test(text)');

/** Whether a pattern matches; undefined where that takes too long. */
function matchesWithin(pattern: string, text: string): boolean | undefined {
  try {
    Object.assign(room, { pattern, text });
    return match.runInContext(room, { timeout: MATCH_MS }) as boolean;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
