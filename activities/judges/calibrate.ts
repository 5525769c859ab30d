import { JUDGED_ARTEFACTS, type Calibration } from '../../contract/judges.ts';
import type { Timestamp } from '../../contract/names.ts';
import { calibrate } from '../../core/learning/judges.ts';
import type { Loop } from '../../loops/define/index.ts';
import type { Store } from '../../store/ports.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgesOf } from './judges-of.ts';

/** When the last word came that was held against judges, by loop: without another nothing changes. */
const heard = new WeakMap<Store, Map<string, Timestamp>>();

type Needed = Pick<Dependencies, 'store' | 'loops' | 'now'>;

/**
 * Holds what the judges of all loops said against what people did, and puts on record whose word counts for something else
 * from now on. A judge that was found wanting is an alert, for as long as it is.
 */
export async function calibrateJudges(deps: Needed): Promise<void> {
  for (const { loop } of deps.loops.values()) await calibrateLoop(deps, loop);
}

async function calibrateLoop({ store, now }: Needed, loop: Loop): Promise<void> {
  const judges = judgesOf(loop);
  if (judges.length === 0) return;
  const known = heard.get(store) ?? new Map<string, Timestamp>();
  const lastWord = await store.judgeRecords.lastWord(loop.name);
  if (known.get(loop.name) === lastWord) return;
  const at = now();
  const evidence = await store.judgeRecords.evidence(loop.name, JUDGED_ARTEFACTS);
  for (const calibration of calibrate(loop.name, evidence)) {
    const { stage, judge } = calibration;
    const declared = judges.find((one) => one.stage === stage && one.judge.name === judge);
    if (declared === undefined) continue;
    await store.judgeRecords.stand({ ...calibration, at });
    await alertOf(store, { ...calibration, weighs: !declared.judge.opinion }, at);
  }
  heard.set(store, known.set(loop.name, lastWord));
}

/** Raises or clears the alert of a judge. One whose no was an opinion from the first changes nothing by being wrong. */
async function alertOf(
  { alerts }: Store,
  { loop, stage, judge, standing, because, weighs }: Calibration & { readonly weighs: boolean },
  at: Timestamp,
): Promise<void> {
  const about = `${loop}/${stage}/${judge}`;
  const key = `judge:${about}`;
  if (standing !== 'advisory' || !weighs) return alerts.clear(key, at);
  const text = `${because}. Its no asks a person until it is good again; \`loopwright judges ${loop}\` has its figures.`;
  await alerts.raise({ key, kind: 'judge', about, text, raisedAt: at });
}
