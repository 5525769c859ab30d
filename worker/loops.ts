import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure } from '../contract/failures.ts';
import type { Harness } from '../contract/harness.ts';
import type { LoopEntry } from '../activities/dependencies.ts';
import type { Loop } from '../loops/define/index.ts';
import { supportTriage } from '../loops/supportTriage/loop.ts';
import { weeklyReport } from '../loops/weeklyReport/loop.ts';
import { loadHarness } from './load-harness.ts';

/** Folder of the project's own loops. */
export const LOOPS = fileURLToPath(new URL('../loops/', import.meta.url));

/** File in a data folder with the intents that it was begun with. */
const INTENTS_FILE = 'supportTriage.intents.json';

/** The loops that come with the project, with their harnesses. `intents` are the answers that `supportTriage` may give. */
export async function ownLoops(intents: readonly string[]): Promise<Map<string, LoopEntry>> {
  const loops: Loop[] = [supportTriage(intents), weeklyReport];
  const entries = loops.map(async (loop): Promise<[string, LoopEntry]> => {
    const folder = join(LOOPS, loop.name);
    const harness = await loadHarness(folder);
    refuseUnjudgedRubrics(loop, harness);
    return [loop.name, { loop, harness, folder }];
  });
  return new Map(await Promise.all(entries));
}

/** A rubric that no judge reads would promise a check that never happens. */
function refuseUnjudgedRubrics(loop: Loop, harness: Harness): void {
  const rubric = harness.evals.find(({ kind }) => kind === 'rubric');
  const judged = Object.values(loop.stages).some(({ verify }) => verify.some(({ kind }) => kind === 'judge'));
  if (rubric === undefined || judged) return;
  throw failure(
    'InvalidHarness',
    `Loop ${loop.name}: eval \`${rubric.id}\` is a rubric, but no stage has a judge() to read it. Add a judge to the loop, or make it a check of another kind.`,
  );
}

/** Reads a loop's own Markdown files, sorted by name; once a process, or `fresh` every time. */
export function documentReader(
  fresh = false,
): (folder: string, under: string) => Promise<readonly { name: string; text: string }[]> {
  const known = new Map<string, Promise<{ name: string; text: string }[]>>();
  return (folder, under) => {
    const path = join(folder, under);
    if (fresh) return read(path);
    const files = known.get(path) ?? read(path);
    known.set(path, files);
    return files;
  };
}

async function read(path: string): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(path)).filter((name) => name.endsWith('.md')).toSorted();
  return await Promise.all(names.map(async (name) => ({ name, text: await readFile(join(path, name), 'utf8') })));
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
