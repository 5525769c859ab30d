import { createHash, verify, type KeyObject } from 'node:crypto';
import type { DecideArgument, RaiseBudgetArgument } from '../contract/messages.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import { Statement, STATEMENT_SECONDS, StatementHeader } from '../contract/statement.ts';
import { decisionText } from '../core/decision-text.ts';
import type { Dependencies } from './dependencies.ts';

/** Clocks of this installation may differ by this much, in seconds. */
const SKEW_SECONDS = 60;

/** A decision that says it was signed. */
export interface VerifyDecisionInput {
  readonly run: PinnedRun;
  readonly gate: string;
  /** What the gate shows. */
  readonly digest: Digest;
  readonly decision: DecideArgument | RaiseBudgetArgument;
  /** The message that brings it: a statement is good for one. */
  readonly use: string;
  readonly at: Timestamp;
}

/** Whether it was, and in which roles whoever decides. */
export type Proof =
  | { readonly proven: true; readonly roles: readonly string[] }
  | { readonly proven: false; readonly why: string };

/** Verifies what the gateway signed for a decision: the key is known, it is about exactly this, by this person, now, and was not used before. */
export async function verifyDecision(deps: Dependencies, request: VerifyDecisionInput): Promise<Proof> {
  const { run, gate, digest, decision, at, use } = request;
  const no = (why: string): Proof => ({ proven: false, why });
  const read = readStatement(decision.signature ?? '', deps.decisionKeys);
  if ('why' in read) return no(read.why);
  const { statement } = read;
  const seconds = at / 1000;
  if (statement.run !== run.runKey || statement.gate !== gate || statement.digest !== digest)
    return no(`it is about ${statement.gate} with ${statement.digest}, and not about what this gate shows`);
  if (statement.by !== decision.by) return no(`it is by ${statement.by}, not by ${decision.by}`);
  if (statement.decision !== decisionDigest(decision)) return no('it is about another decision than this one');
  if (statement.exp - statement.iat > STATEMENT_SECONDS) return no('it is good for longer than statements may be');
  if (seconds > statement.exp + SKEW_SECONDS) return no('it has expired; decide again');
  if (seconds < statement.iat - SKEW_SECONDS) return no('it is from the future; set the clocks of this installation');
  if (!(await deps.store.statements.spend(statement.nonce, `${run.runKey}/${use}`, at)))
    return no('it was used before; decide again');
  return { proven: true, roles: statement.roles };
}

/** What a statement says about a decision: its digest without the signature. */
export function decisionDigest(decision: DecideArgument | RaiseBudgetArgument): string {
  return createHash('sha256').update(decisionText(decision)).digest('hex');
}

function readStatement(
  signature: string,
  keys: ReadonlyMap<string, KeyObject>,
): { readonly statement: Statement } | { readonly why: string } {
  const [head = '', body = '', tail = '', ...more] = signature.split('.');
  const header = StatementHeader.safeParse(jsonIn(head));
  if (!header.success || more.length > 0) return { why: 'it is no signed decision (a compact JWS with EdDSA)' };
  const key = keys.get(header.data.kid);
  if (key === undefined) return { why: `its key ${header.data.kid} is not known to this worker` };
  const signed = verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(tail, 'base64url'));
  const statement = Statement.safeParse(jsonIn(body));
  return signed && statement.success ? { statement: statement.data } : { why: 'it does not fit its key' };
}

function jsonIn(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
