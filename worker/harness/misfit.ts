import type { LoopEntry } from '../../activities/dependencies.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { digestOf } from '../../store/index.ts';
import type { HarnessVersion } from '../../store/ports.ts';

/** A version that its loop runs on, and that the loop's code has outgrown. */
export interface Misfit {
  readonly loop: string;
  readonly version: number;
  /** One a line, each with its fix. */
  readonly mistakes: readonly string[];
  /** The newest earlier version that still fits; absent where none does. */
  readonly goBackTo?: number;
}

/** Everything that is wrong with a harness as one of a loop, one line each. */
type MistakesIn = (entry: LoopEntry, body: unknown) => Promise<readonly string[]>;

type Version = Pick<HarnessVersion, 'version' | 'digest' | 'body'>;

/**
 * What of the version that a loop runs on does not fit its code any more; undefined where it fits. What the loop's file
 * says fits: a loop whose file does not is not loaded. `earlier` are versions that it ran on, newest first.
 */
export async function misfitOf(
  entry: LoopEntry,
  current: Version,
  earlier: () => Promise<readonly Version[]>,
  mistakesIn: MistakesIn,
): Promise<Misfit | undefined> {
  if (current.digest === digestOf(canonicalJson(entry.harness))) return undefined;
  const mistakes = await mistakesIn(entry, current.body);
  if (mistakes.length === 0) return undefined;
  const misfit: Misfit = { loop: entry.loop.name, version: current.version, mistakes };
  for (const { version, body } of await earlier())
    if (version !== current.version && (await mistakesIn(entry, body)).length === 0)
      return { ...misfit, goBackTo: version };
  return misfit;
}

/** What is wrong, for people. */
export function misfitText({ loop, version, mistakes: [first = '', ...more] }: Misfit): string {
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return `${loop} runs on v${version}, which does not fit its code any more, so its runs fail one by one: ${first}${others}`;
}

/** What to do about it: a command, where an earlier version fits. */
export function misfitCommand({ loop, version, goBackTo }: Misfit): string | undefined {
  if (goBackTo === undefined) return undefined;
  return `loopwright harness rollback ${loop} --to v${goBackTo} --reason 'v${version} does not fit the code'`;
}

/** What to do about it, in words. */
export function misfitFix(misfit: Misfit): string {
  const { loop, version } = misfit;
  const command = misfitCommand(misfit);
  const back = command === undefined ? 'No earlier version fits either.' : `Go back: \`${command}\`.`;
  return `${back} Or give harness.yaml what v${version} should say (\`loopwright harness show ${loop} v${version}\`): a file that changed takes over when the worker starts.`;
}
