import type { Dependencies, LoopEntry } from '../../activities/dependencies.ts';
import { misfitFix, misfitOf, misfitText } from './misfit.ts';

/** Earlier versions that are tried for a way back. */
const TRIED = 20;

/** Which version of each loop was looked at: neither a version nor a loaded loop ever changes. */
const looked = new WeakMap<LoopEntry, number>();

/**
 * Holds what each loop runs on against its code, and says once, as an alert and to whoever started the worker, what does
 * not fit any more; the alert is over when it fits again. Other loops go on, and so do runs that are open.
 */
export async function watchFit(
  deps: Pick<Dependencies, 'store' | 'loops' | 'harnessMistakes' | 'report' | 'now'>,
): Promise<void> {
  for (const [name, entry] of deps.loops) await look(deps, name, entry);
}

async function look(
  { store, harnessMistakes, report, now }: Parameters<typeof watchFit>[0],
  name: string,
  entry: LoopEntry,
): Promise<void> {
  const current = await store.harnesses.current(name);
  if (current === undefined || looked.get(entry) === current.version) return;
  const earlier = async () => {
    const versions = (await store.loopBook.versions(name)).filter(({ promoted }) => promoted).slice(0, TRIED);
    const found = await Promise.all(versions.map(({ version }) => store.harnesses.find(name, `v${version}`)));
    return found.filter((one) => one !== undefined);
  };
  const misfit = await misfitOf(entry, current, earlier, harnessMistakes);
  const key = `harness/${name}`;
  if (misfit === undefined) await store.alerts.clear(key, now());
  else {
    const text = `${misfitText(misfit)} ${misfitFix(misfit)}`;
    await store.alerts.raise({ key, kind: 'harness', about: name, text, raisedAt: now() });
    report(text);
  }
  looked.set(entry, current.version);
}
