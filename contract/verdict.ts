/** What one verifier found for one criterion. */
export interface Criterion {
  /** The verifier's name, e.g. `second-reader`. */
  readonly name: string;
  readonly verdict: 'pass' | 'fail' | 'error' | 'inconclusive';
  /** What was seen, in words or as a quote. Never empty: a verdict without evidence is no verdict. */
  readonly evidence: string;
  /** An opinion's `fail` asks a human, who may overrule it; any other `fail` nobody can overrule. */
  readonly opinion?: boolean;
  /** What only a person answers. Nothing is wrong with the artefact: it waits for them. */
  readonly question?: string;
  /** Of a comparison: whether the other order had the same winner. */
  readonly order?: 'same' | 'other';
}

/** A verifier that was not asked, and why. */
export interface NotAsked {
  readonly name: string;
  readonly because: string;
}

/** The verdict on one artefact: the worst of its criteria. */
export interface Verdict {
  readonly verdict: 'pass' | 'fail' | 'error' | 'inconclusive';
  readonly criteria: readonly Criterion[];
  /** Whose turn did not come, which proves nothing either way; absent where everybody was asked. */
  readonly notAsked?: readonly NotAsked[];
}
