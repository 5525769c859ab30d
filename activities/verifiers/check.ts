import type { Criterion } from '../../contract/verdict.ts';
import type { Check, Evidence } from '../../loops/define/index.ts';

/** Runs a check. What it throws is an `error`, never a pass; a verdict without evidence is none. */
export async function runCheck(
  check: Check<unknown, unknown>,
  output: unknown,
  input: unknown,
  evidence: Evidence,
): Promise<Criterion> {
  const base = { name: check.name, ...(check.opinion ? { opinion: true } : {}) };
  try {
    const finding = await check.run(output, input, evidence);
    if (finding.evidence.trim() === '')
      return { ...base, verdict: 'inconclusive', evidence: 'the check named no evidence' };
    return { ...base, verdict: finding.verdict, evidence: finding.evidence };
  } catch (error) {
    return { ...base, verdict: 'error', evidence: error instanceof Error ? error.message : String(error) };
  }
}
