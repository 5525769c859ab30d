import type { Visitor } from '../contract/access.ts';

/** A decision as a person sends it. */
export interface DeskDecision {
  /** Digest of the approval: what was shown is what is decided. */
  readonly digest: string;
  readonly decision: 'approve' | 'reject' | 'revise';
  readonly note?: string;
  readonly feedback?: string;
  readonly output?: unknown;
  readonly approve?: boolean;
}

/** What became of a decision. */
export type DeskAnswer =
  /** It counts, or did before: the same again is no second one. */
  | { readonly kind: 'decided'; readonly state: string; readonly have: number; readonly need: number }
  /** Somebody else was first. */
  | { readonly kind: 'lost'; readonly by: string; readonly state: string }
  /** Nobody can decide it any more. */
  | { readonly kind: 'late' }
  /** Somebody else has it in hand. */
  | { readonly kind: 'held'; readonly by: string; readonly until: number }
  /** There is no such approval. */
  | { readonly kind: 'unknown' }
  /** Nobody answered; whether it counts is not known. */
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'forbidden' | 'refused'; readonly why: string };

/** Money that a person adds to the cap that a run waits at. */
export interface DeskRaise {
  readonly workflowId: string;
  readonly usd: number;
  readonly reason: string;
}

/** What became of a raise. */
export type RaiseAnswer =
  | { readonly kind: 'raised'; readonly budget: string; readonly raisedUsd: number; readonly capUsd: number }
  | { readonly kind: 'refused' | 'unreachable'; readonly why: string };

/** Where decisions go. */
export interface Desk {
  decide(visitor: Visitor, decision: DeskDecision): Promise<DeskAnswer>;
  raise(visitor: Visitor, raise: DeskRaise): Promise<RaiseAnswer>;
}
