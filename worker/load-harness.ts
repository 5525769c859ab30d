import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { APPROVAL_VARIABLES } from '../activities/evaluate.ts';
import { ROUTING_VARIABLES } from '../activities/generate.ts';
import { EVAL_VARIABLES } from '../activities/verifiers/evals.ts';
import { failure } from '../contract/failures.ts';
import { Harness } from '../contract/harness.ts';
import { parseRule } from '../core/rule.ts';

/**
 * Reads and checks a loop's `harness.yaml`: schema, rules, patterns.
 * @throws `InvalidHarness` naming file, line, field, rule and fix.
 */
export async function loadHarness(folder: string): Promise<Harness> {
  const file = join(folder, 'harness.yaml');
  const text = await readFile(file, 'utf8').catch(() => '');
  return parseHarness(text, file);
}

/** Checks the text of a harness; `file` is what messages call it. An empty one has every default. */
export function parseHarness(text: string, file: string): Harness {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) throw failure('InvalidHarness', `${file}: ${broken.message}`);
  const parsed = Harness.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue && place(document, lines, issue.path);
    throw failure('InvalidHarness', `${file}${at === undefined ? '' : `:${at}`}: ${z.prettifyError(parsed.error)}`);
  }
  try {
    checkRules(parsed.data);
  } catch (error) {
    throw failure('InvalidHarness', `${file}: ${(error as Error).message}`);
  }
  return parsed.data;
}

function checkRules(harness: Harness): void {
  parseRule(harness.approval.when, APPROVAL_VARIABLES);
  for (const { when } of harness.routing) if (when !== undefined) parseRule(when, ROUTING_VARIABLES);
  for (const item of harness.evals) {
    if (item.kind === 'cel') parseRule(item.rule, EVAL_VARIABLES);
    if (item.kind === 'matches') new RegExp(item.pattern, 'u');
  }
  const ids = harness.evals.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`\`evals\`: two have the id "${twice}". Give each its own.`);
}

function place(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}
