import type { z } from 'zod';
import { plainLine } from '../../core/plain-text.ts';
import type { Power } from '../../core/review/facts.ts';
import type { JsonSchema } from '../../core/json-schema.ts';
import type { Check, Evidence, Finding } from '../../loops/define/index.ts';
import { madeUp } from './made-up.ts';

/** A check that takes longer over a made-up output, in milliseconds, is not asked on. */
const PATIENCE_MS = 2000;

const LATE: Finding = { verdict: 'inconclusive', evidence: 'took too long' };

/** What a check would get in a run, made up. */
export interface ProbeSubject {
  readonly output: { readonly schema: z.ZodType; readonly json: JsonSchema };
  readonly input: { readonly schema: z.ZodType; readonly json: JsonSchema };
  readonly evidence: Evidence;
  /** `suspects`: only checks whose code never reads the output are called; of the others nothing is known. */
  readonly probe: 'all' | 'suspects';
}

/**
 * Whether a check can say no, by showing it outputs that fit the schema and mean nothing. A `fail` shows that it can.
 * That it cannot is only said where its code leaves no doubt: it passes and never reads the output, or has one way
 * through, which ends in `pass`. Anything else is unknown: a person has to say.
 */
export async function powerOf(check: Check<unknown, unknown>, subject: ProbeSubject): Promise<Power> {
  if (onlyPasses(String(check.run))) return { kind: 'none', because: 'can only answer `pass`' };
  const suspect = ignoresOutput(String(check.run));
  if (subject.probe === 'suspects' && !suspect) return { kind: 'unknown', because: 'was not tried' };
  const inputs = madeUp(subject.input.schema, subject.input.json).map(({ parsed }) => parsed);
  const outputs = madeUp(subject.output.schema, subject.output.json).map(({ parsed }) => parsed);
  if (inputs.length === 0 || outputs.length === 0)
    return { kind: 'unknown', because: 'was not tried: nothing that was made up fits the schemas' };
  const found: Finding[] = [];
  for (const [at, output] of outputs.entries()) {
    const finding = await ask(check, output, inputs[at % inputs.length], subject.evidence);
    if (finding.verdict === 'fail')
      return { kind: 'shown', because: `said no to a made-up output: ${plainLine(finding.evidence, 100)}` };
    found.push(finding);
    if (finding === LATE) break;
  }
  const odd = found.find(({ verdict }) => verdict !== 'pass');
  if (odd !== undefined) {
    const did = odd.verdict === 'error' ? 'broke on' : 'could not decide on';
    return { kind: 'unknown', because: `${did} a made-up output: ${plainLine(odd.evidence, 100)}` };
  }
  if (suspect) return { kind: 'none', because: 'passes without looking at the output' };
  return { kind: 'unknown', because: `said yes to ${found.length} made-up outputs` };
}

async function ask(
  check: Check<unknown, unknown>,
  output: unknown,
  input: unknown,
  evidence: Evidence,
): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(LATE), PATIENCE_MS);
  });
  try {
    const found: Partial<Finding> | undefined = await Promise.race([
      Promise.resolve(check.run(output, input, evidence)),
      late,
    ]);
    if (found?.verdict === undefined || typeof found.evidence !== 'string')
      return { verdict: 'error', evidence: 'its answer is no verdict with evidence' };
    return found as Finding;
  } catch (error) {
    return { verdict: 'error', evidence: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a function never reads its first argument, the output. Says no where in doubt. */
export function ignoresOutput(code: string): boolean {
  if (/\barguments\b|\.\.\./.test(code)) return false;
  const head = /^(?:async\s*)?(?:function\b\s*\w*\s*|[\w$]+\s*)?\(([^()]*)\)\s*(?:=>|\{)/.exec(code);
  if (head === null) return false;
  const [output = ''] = (head[1] ?? '').split(',').map((parameter) => parameter.trim());
  if (output === '') return true;
  const reads = code.split(/[^\w$]+/).filter((word) => word === output).length - 1;
  return /^[\w$]+$/.test(output) && reads === 0;
}

/** Whether a function has one way through it, which ends in a literal `pass`. Says no where in doubt. */
export function onlyPasses(code: string): boolean {
  const plain = code.replaceAll(/\?\?|\?\./g, ' ');
  if (/\b(if|switch|case|for|while|do|try|catch|yield)\b|\?|&&|\|\||\.\.\./.test(plain)) return false;
  const verdicts = plain.match(/\bverdict\b/g) ?? [];
  if (verdicts.length !== 1) return false;
  return /(=>\s*\(\s*|\breturn\s*\(?\s*)\{[^{}]*\bverdict:\s*(['"`])pass\2/.test(plain);
}
