import type { LoopEntry } from '../activities/dependencies.ts';
import { canonicalJson } from '../core/canonical.ts';
import { digestOf } from '../store/index.ts';
import type { HarnessVersion, Store } from '../store/ports.ts';

/**
 * Takes the harness of a loop's file, and answers the version that the loop runs on: the file's where it changed since it
 * was last taken, else what is current. Says so where a version that was promoted is replaced, or the file is behind it.
 */
export async function adoptHarness(
  { harnesses }: Pick<Store, 'harnesses'>,
  { loop: { name }, harness }: Pick<LoopEntry, 'loop' | 'harness'>,
  { at, report = () => {} }: { readonly at: number; readonly report?: (text: string) => void },
): Promise<HarnessVersion> {
  const digest = digestOf(canonicalJson(harness));
  const before = await harnesses.current(name);
  const current = await harnesses.adopt(name, harness, digest, at);
  if (before?.source === 'candidate' && before.version !== current.version)
    report(
      `${name}: harness.yaml changed and replaces v${before.version}, which was promoted. It is kept: \`loopwright harness export ${name} --version v${before.version}\` prints it as YAML, \`loopwright harness rollback ${name}\` goes back to it.`,
    );
  else if (current.digest !== digest)
    report(
      `${name} runs on v${current.version} and not on what its harness.yaml says, until that changes. \`loopwright harness export ${name} --file …\` writes v${current.version} there.`,
    );
  return current;
}
