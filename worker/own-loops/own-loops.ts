import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure } from '../../contract/failures.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import type { LoopEntry } from '../../activities/dependencies.ts';
import type { Loop } from '../../loops/define/index.ts';
import { supportTriage } from '../../loops/supportTriage/loop.ts';
import { weeklyReport } from '../../loops/weeklyReport/loop.ts';
import type { RouteModels } from '../models/config.ts';
import { documentReader } from '../documents.ts';
import { DEFINITION_FILE } from '../load/loop-folder.ts';
import { togetherMistakes, type InLoop } from '../load/loop-rules.ts';
import type { MistakeAt } from '../load/schema-mistakes.ts';
import { HARNESS_FILE, loadHarness } from '../load/harness.ts';
import { uncheckedMistakes } from '../review/refuse.ts';

/** Folder of the project's own loops. */
export const LOOPS = fileURLToPath(new URL('../../loops/', import.meta.url));

/** File in a data folder with the intents that it was begun with. */
export const INTENTS_FILE = 'supportTriage.intents.json';

/**
 * The loops that come with the project, with their harnesses. `intents` are the answers that `supportTriage` may give.
 * @throws `InvalidHarness` where a harness has mistakes, whatever routes there are.
 */
export async function ownLoops(intents: readonly string[]): Promise<Map<string, LoopEntry>> {
  const loops: Loop[] = [supportTriage(intents), weeklyReport];
  const entries = loops.map(async (loop): Promise<[string, LoopEntry]> => {
    const folder = join(LOOPS, loop.name);
    const harness = await loadHarness(folder);
    const entry = { loop, harness, folder };
    const mistakes = together(entry, undefined);
    if (mistakes.length > 0) throw failure('InvalidHarness', mistakes.map(mistakeLine).join('\n'));
    return [loop.name, entry];
  });
  return new Map(await Promise.all(entries));
}

/** What is wrong with a loop of the project where the worker has these routes; its workflow code is ours. */
export async function ownMistakes(entry: LoopEntry, models: RouteModels | undefined): Promise<Mistake[]> {
  const others = together(entry, models);
  const options = { models, documents: documentReader(), now: Date.now() };
  return [...others, ...(await uncheckedMistakes(entry, options, { inLoop: inLoopOf(entry.folder), others }))];
}

function together({ loop, harness, folder }: LoopEntry, models: RouteModels | undefined): Mistake[] {
  const inHarness: MistakeAt = (path, rule, fix) => {
    return { file: join(folder, HARNESS_FILE), field: path.join('.'), rule, fix };
  };
  return [...togetherMistakes({ loop, harness, models, workflow: true, inLoop: inLoopOf(folder), inHarness })];
}

function inLoopOf(folder: string): InLoop {
  return (field, rule, fix) => ({ file: join(folder, DEFINITION_FILE), field, rule, fix });
}

/** The intents that a data folder was begun with: labels that people gave keep their meaning. The first use decides. */
export async function pinnedIntents(data: string, first: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const known = await knownIntents(data);
  if (known !== undefined) return known;
  const intents = await first();
  await mkdir(data, { recursive: true });
  await writeFile(join(data, INTENTS_FILE), JSON.stringify(intents));
  return intents;
}

/** The intents that a data folder was begun with; undefined where it was not. */
export async function knownIntents(data: string): Promise<readonly string[] | undefined> {
  const known = await readFile(join(data, INTENTS_FILE), 'utf8').catch(() => undefined);
  return known === undefined ? undefined : (JSON.parse(known) as string[]);
}
