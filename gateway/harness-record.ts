import type { HarnessBody, HarnessLine, HarnessRecord } from '../contract/harness-record.ts';
import type { Store } from '../store/ports.ts';

/** Most moves and most candidates of a loop that are looked at: more than a loop makes in years. */
const MOST = 1000;

/** All that is on record of a loop's harness; undefined where the record knows no such loop. */
export async function harnessRecordOf(
  { harnesses, candidates, loopBook }: Pick<Store, 'harnesses' | 'candidates' | 'loopBook'>,
  loop: string,
): Promise<HarnessRecord | undefined> {
  const [current, before, versions, moves, proposed] = await Promise.all([
    harnesses.current(loop),
    harnesses.before(loop),
    loopBook.versions(loop),
    harnesses.moves(loop, MOST),
    candidates.list({ loop, limit: MOST }),
  ]);
  if (current === undefined) return undefined;
  const lines = versions.map(({ version: number, promoted, source, digest, at }): HarnessLine => {
    const version = `v${number}`;
    const candidate = proposed.find((one) => one.version === version);
    const promotion = moves.find(({ kind, to }) => kind === 'promotion' && to === version);
    return {
      version,
      state: number === current.version ? 'current' : promoted ? 'earlier' : 'unpromoted',
      source,
      digest,
      ...(candidate === undefined ? {} : { candidate }),
      ...(promotion === undefined ? {} : { promotion }),
      at,
    };
  });
  return {
    loop,
    current: `v${current.version}`,
    ...(before === undefined ? {} : { before }),
    versions: lines,
    moves: [...moves],
  };
}

/** One version with its body; undefined where there is none. */
export async function harnessBodyOf(
  store: Pick<Store, 'harnesses' | 'candidates' | 'loopBook'>,
  loop: string,
  version: string,
): Promise<HarnessBody | undefined> {
  const record = await harnessRecordOf(store, loop);
  const line = record?.versions.find((one) => one.version === version);
  const kept = await store.harnesses.find(loop, version);
  if (line === undefined || kept === undefined) return undefined;
  return { ...line, loop, body: kept.body as HarnessBody['body'] };
}
