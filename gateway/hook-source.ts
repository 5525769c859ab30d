import type { Match, Received } from '../core/hooks/match.ts';
import type { Signer } from './signatures.ts';

/** Somebody who sends, with the secrets in hand and the rules parsed. */
export interface HookSourceReady extends Signer {
  match(received: Received): Match;
}

/** Who may send, by name. */
export type HookSources = ReadonlyMap<string, HookSourceReady>;
