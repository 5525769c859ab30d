import type { Digest } from './names.ts';

/** Who vouches for a part: `trusted` is ours (instructions, reviewed documents), `untrusted` came from outside and is only ever data. */
export type Trust = 'trusted' | 'untrusted';

/** How long a part is kept: `run` parts are deleted when the run closes, `durable` ones stay. */
export type Keep = 'run' | 'durable';

/** One part of a context as the manifest lists it. The text itself is in the store, under `digest`. */
export interface ManifestPart {
  readonly source: string;
  readonly trust: Trust;
  readonly keep: Keep;
  readonly tokens: number;
  readonly digest: Digest;
  /** Why the agent needs it. */
  readonly why: string;
  /** Set when the part did not fit whole: how many tokens it had. */
  readonly cutFromTokens?: number;
  /** Ids of the lessons in it. */
  readonly lessons?: readonly number[];
  /** Where exactly it came from: the last URL, a commit. */
  readonly origin?: string;
  /** Set where the source had more than it may read, with what this is of it: `the first 200 rows`. */
  readonly incomplete?: string;
  /** Set where it was not read for this run but is an answer of earlier: its age in milliseconds. */
  readonly cachedForMs?: number;
}

/** What an attempt was given, and what was left out: references only, so that a history never grows with its context. */
export interface Manifest {
  readonly tokens: number;
  readonly budgetTokens: number;
  /** The run read lessons up to this id. */
  readonly watermark: number;
  readonly parts: readonly ManifestPart[];
  /** What did not fit at all. */
  readonly dropped: readonly { readonly source: string; readonly tokens: number; readonly why: string }[];
}
