import type { LoopEntry } from '../../activities/dependencies.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { documentReader } from '../documents.ts';
import type { RouteModels } from '../models/config.ts';
import { uncheckedMistakes } from '../review/refuse.ts';
import { readHarness } from './harness.ts';
import { togetherMistakes, type InLoop } from './loop-rules.ts';

/**
 * Everything that is wrong with a harness that somebody proposes for a loop, one line each: what would keep the loop from
 * starting with it as its file. A loop that runs has its stages in order already.
 */
export async function candidateMistakes(
  entry: LoopEntry,
  body: unknown,
  models: RouteModels | undefined,
): Promise<readonly string[]> {
  const read = readHarness(JSON.stringify(body), 'candidate');
  if (read.value === undefined || read.mistakes.length > 0) return read.mistakes.map(lineOf);
  const proposed = { ...entry, harness: read.value };
  const inLoop: InLoop = (field, rule, fix) => ({ file: 'loop.ts', field, rule, fix });
  const others = [...togetherMistakes({ ...proposed, models, workflow: true, inLoop, inHarness: read.mistake })];
  const options = { models, documents: documentReader(), now: Date.now() };
  return [...others, ...(await uncheckedMistakes(proposed, options, { inLoop, others }))].map(lineOf);
}

/** Without file and line: a candidate is no file. */
function lineOf({ field, rule, fix }: Mistake): string {
  return `${field === undefined ? '' : `\`${field}\`: `}${rule}. Fix: ${fix}`;
}
