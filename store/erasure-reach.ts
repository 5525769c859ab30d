import type { Kysely } from 'kysely';
import type { Manifest } from '../contract/context.ts';
import type { ErasurePlan } from '../contract/erasure.ts';
import { harnessesReached, type ReachedHarness } from './erasure-harnesses.ts';
import { rowsOf } from './erasure-scan.ts';
import type { Tables } from './schema.ts';

type Run = ErasurePlan['runs'][number];

/** What an erasure reaches: texts by digest, and runs. */
export interface Reach {
  readonly runs: ReadonlyMap<string, Run>;
  readonly workKeys: ReadonlySet<string>;
  readonly artefacts: ReadonlySet<string>;
  /** Texts that only show an erased lesson to runs of others, which are at work with them. */
  readonly shown: ReadonlySet<string>;
  readonly open: readonly Run[];
  readonly harnesses: readonly ReachedHarness[];
}

/** Whose content is looked for. */
export interface Wanted {
  readonly named: (text: string) => boolean;
  /** Workflow ids or run keys. */
  readonly runs: readonly string[];
}

/**
 * Finds what an erasure reaches. A run is about the subject where its name, its work or its input names it, or where it
 * is named itself; runs of the same work are too. A text goes where it names the subject, where only such runs have it,
 * or where it shows a lesson of theirs.
 */
export async function reachOf(database: Kysely<Tables>, wanted: Wanted): Promise<Reach> {
  const { naming, quoting } = await readTexts(database, wanted);
  const { about, workKeys, unclosed, pinned } = await runsAbout(database, wanted, naming);
  const own = await onlyTheirs(database, [...about.keys()]);
  const shown = await showing(database, await lessonsGone(database, wanted, about));
  const caseIds = await casesOf(database, about);
  const artefacts = new Set([...naming, ...own, ...shown, ...[...caseIds].flatMap((id) => quoting.get(id) ?? [])]);
  const others = await holdersOf(database, artefacts, unclosed);
  const harnesses = await harnessesReached(database, { named: wanted.named, caseIds });
  const blocked = [...unclosed.values()].filter(({ runKey }) => {
    if (about.has(runKey) || standsOn(pinned.get(runKey), harnesses)) return true;
    return [...(others.get(runKey) ?? [])].some((digest) => !shown.has(digest));
  });
  const inUse = [...others.values()].flatMap((digests) => [...digests]).filter((digest) => shown.has(digest));
  for (const digest of inUse) artefacts.delete(digest);
  return {
    runs: about,
    workKeys,
    artefacts,
    shown: new Set(inUse),
    open: blocked,
    harnesses,
  };
}

/** Ids of cases that grew from decisions. */
const CASE_ID = /\bc-[0-9a-f]{16}\b/g;

/** Texts that name the subject, and those that quote a case, by its id: all texts are read once. */
async function readTexts(database: Kysely<Tables>, { named }: Wanted) {
  const naming = new Set<string>();
  const quoting = new Map<string, string[]>();
  for await (const { digest, body } of rowsOf(database, 'artefacts', ['digest'], ['body'])) {
    const text = String(body);
    if (named(text)) naming.add(String(digest));
    for (const id of new Set(text.match(CASE_ID))) {
      const quotes = quoting.get(id) ?? [];
      quotes.push(String(digest));
      quoting.set(id, quotes);
    }
  }
  return { naming, quoting };
}

async function runsAbout(database: Kysely<Tables>, { named, runs }: Wanted, naming: ReadonlySet<string>) {
  const wanted = new Set(runs);
  const all = await database
    .selectFrom('runs')
    .select(['run_key', 'workflow_id', 'first_run_id', 'loop', 'harness', 'work_key', 'input', 'closed_at'])
    .orderBy('opened_at')
    .execute();
  const meant = all.filter(
    (run) =>
      wanted.has(run.run_key) ||
      wanted.has(run.workflow_id) ||
      naming.has(run.input) ||
      [run.workflow_id, run.work_key].some(named),
  );
  const workKeys = new Set(meant.map(({ work_key }) => work_key));
  const about = new Map<string, Run>();
  const unclosed = new Map<string, Run>();
  const pinned = new Map<string, string>();
  for (const row of all) {
    const run = {
      workflowId: row.workflow_id,
      runKey: row.run_key,
      firstRunId: row.first_run_id,
      loop: row.loop,
    };
    if (workKeys.has(row.work_key)) about.set(run.runKey, run);
    if (row.closed_at === null) unclosed.set(run.runKey, run);
    pinned.set(run.runKey, `${row.loop} ${row.harness}`);
  }
  return { about, workKeys, unclosed, pinned };
}

/** Texts that no other run has. */
async function onlyTheirs(database: Kysely<Tables>, runKeys: readonly string[]): Promise<Set<string>> {
  const theirs = new Set<string>();
  const mine = new Set(runKeys);
  for (const runKey of runKeys) {
    const rows = await database.selectFrom('artefact_owners').select('digest').where('run_key', '=', runKey).execute();
    for (const { digest } of rows) theirs.add(digest);
  }
  for (const digest of theirs) {
    const owners = await database
      .selectFrom('artefact_owners')
      .select('run_key')
      .where('digest', '=', digest)
      .execute();
    if (owners.some(({ run_key }) => !mine.has(run_key))) theirs.delete(digest);
  }
  return theirs;
}

async function lessonsGone(
  database: Kysely<Tables>,
  { named }: Wanted,
  about: ReadonlyMap<string, Run>,
): Promise<Set<number>> {
  const gone = new Set<number>();
  const columns = ['run_key', 'text', 'input', 'output', 'predicted', 'erased_at'];
  for await (const row of rowsOf(database, 'lessons', ['id'], columns)) {
    const texts = [row['text'], row['input'], row['output'], row['predicted']];
    if (
      row['erased_at'] !== null ||
      about.has(String(row['run_key'])) ||
      texts.some((text) => typeof text === 'string' && named(text))
    )
      gone.add(Number(row['id']));
  }
  return gone;
}

/** Texts by which contexts showed one of these lessons. */
async function showing(database: Kysely<Tables>, lessons: ReadonlySet<number>): Promise<Set<string>> {
  const digests = new Set<string>();
  if (lessons.size === 0) return digests;
  const manifests = await database
    .selectFrom('contexts')
    .innerJoin('artefacts', 'artefacts.digest', 'contexts.manifest')
    .select('artefacts.body')
    .where('artefacts.body', 'like', '%"lessons":%')
    .execute();
  for (const { body } of manifests)
    for (const part of (JSON.parse(body) as Manifest).parts)
      if (part.lessons?.some((id) => lessons.has(id)) === true) digests.add(part.digest);
  return digests;
}

/** Which of these texts the open runs have. */
async function holdersOf(
  database: Kysely<Tables>,
  digests: ReadonlySet<string>,
  unclosed: ReadonlyMap<string, Run>,
): Promise<ReadonlyMap<string, Set<string>>> {
  const held = new Map<string, Set<string>>();
  for (const runKey of unclosed.keys()) {
    const rows = await database.selectFrom('artefact_owners').select('digest').where('run_key', '=', runKey).execute();
    const mine = rows.map(({ digest }) => digest).filter((digest) => digests.has(digest));
    if (mine.length > 0) held.set(runKey, new Set(mine));
  }
  return held;
}

/** The cases of runs. What quotes one need not name the subject itself: an example of a harness, or what `improve` shows of a change. */
async function casesOf(database: Kysely<Tables>, about: ReadonlyMap<string, Run>): Promise<ReadonlySet<string>> {
  const caseIds = new Set<string>();
  for (const runKey of about.keys()) {
    const rows = await database.selectFrom('cases').select('id').where('run_key', '=', runKey).execute();
    for (const { id } of rows) caseIds.add(id);
  }
  return caseIds;
}

/** Whether an open run is pinned to a version that would go as a whole. */
function standsOn(pinned: string | undefined, reached: readonly ReachedHarness[]): boolean {
  return reached.some(
    ({ loop, version, current, elsewhere }) => elsewhere && !current && pinned === `${loop} v${version}`,
  );
}
