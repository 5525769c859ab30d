import { canonicalJson } from '../../core/canonical.ts';
import { digestOf } from '../../store/index.ts';
import { promotedHarnesses, type PromotedHarness } from '../../store/inspect.ts';
import { misfitCommand, misfitFix, misfitOf, misfitText } from '../harness/misfit.ts';
import { candidateMistakes } from '../load/candidate-mistakes.ts';
import type { RouteModels } from '../models/config.ts';
import { ok, skipped, type Check, type DoctorSettings, type Finding } from './check.ts';
import type { FoundLoops } from './loops.ts';

/** Whether what was promoted still fits the code of its loop. */
export function harnessesCheck(
  { data }: Pick<DoctorSettings, 'data'>,
  find: () => Promise<FoundLoops>,
  models: RouteModels | undefined,
): Check {
  return { name: 'harnesses', run: () => look(promotedHarnesses(data), find, models) };
}

async function look(
  versions: readonly PromotedHarness[],
  find: () => Promise<FoundLoops>,
  models: RouteModels | undefined,
): Promise<Finding> {
  const { entries } = await find().catch(() => ({ entries: [] }));
  if (versions.length === 0 || entries.length === 0) return skipped('no loop here has run on this data folder yet');
  const found = await Promise.all(
    entries.map(async (entry) => {
      const own = versions.filter(({ loop }) => loop === entry.loop.name);
      const current = own.find((one) => one.current);
      // A file that changed takes over when a worker starts.
      if (current === undefined || current.fileDigest !== digestOf(canonicalJson(entry.harness))) return undefined;
      return await misfitOf(
        entry,
        current,
        async () => own,
        (of, body) => candidateMistakes(of, body, models),
      );
    }),
  );
  const misfits = found.filter((one) => one !== undefined);
  const [first] = misfits;
  if (first === undefined) return ok('what each loop runs on fits its code');
  const command = misfitCommand(first);
  return {
    kind: 'fail',
    saw: misfits.map(misfitText).join('\n'),
    fix: misfits.map(misfitFix).join('\n'),
    ...(command === undefined ? {} : { command }),
  };
}
