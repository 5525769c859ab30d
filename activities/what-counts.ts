import { canonicalJson } from '../core/canonical.ts';
import { isFields } from '../core/learning/expected.ts';
import type { Decision, Loop } from '../loops/define/index.ts';

/** What counts of a loop's inputs and outputs when cases and clusters are made of them. */
export interface WhatCounts {
  /** The answer of an output, where outputs are decisions. */
  readonly label: (output: unknown) => string | undefined;
  /** What of a right output has to be there again; undefined where nobody can say. */
  readonly part: (output: unknown) => unknown;
  /** What an input says, for whether two say the same. */
  readonly text: (input: unknown) => string;
}

/** What counts of a loop. Its own functions may throw on what they were not written for: then nothing counts. */
export function whatCounts(loop: Loop): WhatCounts {
  const decision = decisionOf(loop);
  const label = (output: unknown): string | undefined => {
    const said = decision && attempt(() => decision.label(output));
    return typeof said === 'string' && decision?.labels.includes(said) === true ? said : undefined;
  };
  const { expects } = loop;
  return {
    label,
    part: (output) => {
      const part = expects === undefined ? labelPart(output, label, decision) : attempt(() => expects(output));
      return part === undefined || part === null ? undefined : (JSON.parse(canonicalJson(part)) as unknown);
    },
    text: (input) => (decision && attempt(() => decision.text(input))) ?? textsIn(input).join('\n'),
  };
}

function decisionOf({ stages }: Loop): Decision<unknown, unknown> | undefined {
  for (const { generate } of Object.values(stages))
    if (generate.kind === 'model' && generate.decision !== undefined) return generate.decision;
  return undefined;
}

/** The fields that say the label: those that have its value, and change it when they change. */
function labelPart(
  output: unknown,
  label: WhatCounts['label'],
  decision: Decision<unknown, unknown> | undefined,
): unknown {
  const said = label(output);
  const other = decision?.labels.find((one) => one !== said);
  if (said === undefined || !isFields(output)) return undefined;
  const fields = Object.entries(output).filter(
    ([name, value]) => value === said && label({ ...output, [name]: other }) !== said,
  );
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Texts with words in them, in order: ids and numbers say nothing about whether two inputs are the same. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return /\p{L}{2}/u.test(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
