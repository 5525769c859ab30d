import type { DecisionRefusal, GatePolicy } from '../contract/approvals.ts';
import type { Decision } from '../contract/messages.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import type { NewLesson } from './ports.ts';

/** A version of a gate. */
export interface GateVersion {
  readonly runKey: string;
  readonly gate: string;
  readonly digest: Digest;
  readonly stage: string;
  readonly artefact: Digest;
  readonly audit: boolean;
  readonly because: string;
  readonly openedAt: Timestamp;
  /** Who may decide it and how. Gates of before had none. */
  readonly policy?: GatePolicy;
}

/** A decision on a version of a gate, with what it teaches. */
export interface NewDecision {
  readonly runKey: string;
  readonly gate: string;
  readonly digest: Digest;
  readonly decision: Decision | { readonly decision: 'expire' };
  readonly lessons: readonly NewLesson[];
  readonly at: Timestamp;
}

/** A decision that did not count. */
export interface RefusedDecision {
  readonly runKey: string;
  readonly gate: string;
  readonly digest: Digest;
  readonly decision: Decision['decision'];
  readonly code: DecisionRefusal;
  readonly why: string;
  readonly by: string;
  /** `bare` message to the workflow, or through the `gateway`. */
  readonly via: 'bare' | 'gateway';
  readonly at: Timestamp;
}

/** Gates and the decisions on them. */
export interface Gates {
  /** Puts a version before people: again, where what was decided on it came to nothing. Another open version of the gate is superseded. */
  open(gate: GateVersion): Promise<void>;
  /** Records a decision and its lessons in one transaction; the same decision again changes nothing. Returns how many lessons the run has. */
  decide(decided: NewDecision): Promise<number>;
  /** Records a decision that did not count, on the audit log too; the same one again changes nothing. */
  refuse(refused: RefusedDecision): Promise<void>;
  find(runKey: string, digest: Digest): Promise<GateVersion | undefined>;
  /** Whether as many people as had to have approved exactly this artefact in this run, signed where that was asked. */
  approved(runKey: string, artefact: Digest): Promise<boolean>;
}
