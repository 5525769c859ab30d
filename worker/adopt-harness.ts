import type { LoopEntry } from '../activities/dependencies.ts';
import { canonicalJson } from '../core/canonical.ts';
import { digestOf } from '../store/index.ts';
import type { HarnessVersion, Store } from '../store/ports.ts';

/** Makes the harness of a loop's file its current version; the same text again is the same version. */
export function adoptHarness(
  { harnesses }: Pick<Store, 'harnesses'>,
  { loop, harness }: Pick<LoopEntry, 'loop' | 'harness'>,
  at: number,
): Promise<HarnessVersion> {
  return harnesses.adopt(loop.name, harness, digestOf(canonicalJson(harness)), at);
}
