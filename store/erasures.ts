import { sql, type Kysely } from 'kysely';
import { ERASED, type Erasure, type ErasureAnswer, type ErasurePlan } from '../contract/erasure.ts';
import { failure } from '../contract/failures.ts';
import type { Timestamp } from '../contract/names.ts';
import type { RecentTexts } from './artefacts.ts';
import { addAudit } from './audit.ts';
import type { ErasureCount } from './erasure-count.ts';
import { eraseHarnesses } from './erasure-harnesses.ts';
import type { ErasedNames } from './erased-names.ts';
import { reachOf, type Reach, type Wanted } from './erasure-reach.ts';
import { applyChange, changesIn, type Change } from './erasure-scan.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** What is erased, by whom and why. */
export interface Erase extends Wanted {
  /** Made by whoever asks: the same order again changes nothing. */
  readonly id: string;
  /** Kept as a salted digest. */
  readonly subject?: string;
  readonly by: string;
  readonly reason?: string;
  /** Files beside the store that went before it. */
  readonly files: number;
  readonly at: Timestamp;
}

/** The content of a customer, and the record that it was erased. */
export interface Erasures {
  /** What an erasure would take; nothing changes. */
  plan(wanted: Wanted): Promise<ErasurePlan>;
  /**
   * Erases, in one transaction with the record of it, and then leaves no trace of it in the file: the file is written
   * anew. Refused where a run that is open stands on what would go.
   */
  erase(order: Erase): Promise<ErasureAnswer>;
  /** What was erased, newest first. */
  list(): Promise<readonly Erasure[]>;
}

/** What is kept in memory of a store, and has to follow what is erased in it. */
interface InMemory {
  readonly names: ErasedNames;
  readonly recent: RecentTexts;
  readonly erasures: ErasureCount;
}

/** Erasing, in SQL. */
export function sqlErasures({ read, write }: Database, { names, recent, erasures }: InMemory): Erasures {
  return {
    plan: async (wanted) => (await planned(read, wanted, names)).plan,
    async erase(order) {
      const answer = await write((trx) => erase(trx, order, names))
        .catch(async (error: unknown) => {
          await names.reread(read);
          throw error;
        })
        .finally(() => erasures.forget());
      if (answer.kind === 'refused') return answer;
      recent.clear();
      await compact(read);
      return answer;
    },
    async list() {
      const rows = await read.selectFrom('erasures').selectAll().orderBy('at', 'desc').orderBy('id').execute();
      return rows.map(erasureOf);
    },
  };
}

async function planned(database: Kysely<Tables>, wanted: Wanted, names: ErasedNames) {
  const reach = await reachOf(database, wanted);
  const changes: Change[] = [];
  const belongs = {
    named: wanted.named,
    ofRun: (runKey: string) => reach.runs.has(runKey),
    ofWork: (key: string) => [...reach.workKeys].some((work) => key.startsWith(`${work}/`)),
  };
  for await (const change of changesIn(database, belongs, names)) changes.push(change);
  return { reach, changes, plan: planOf(reach, changes) };
}

function planOf({ runs, artefacts, shown, open, harnesses }: Reach, changes: readonly Change[]): ErasurePlan {
  const counts: Record<string, number> = {};
  for (const { table } of changes) counts[table.table] = (counts[table.table] ?? 0) + 1;
  if (runs.size > 0) counts['runs'] = runs.size;
  if (artefacts.size + shown.size > 0) counts['artefacts'] = artefacts.size + shown.size;
  const changed = harnesses.filter(
    ({ redacted, elsewhere, current }) => redacted !== undefined || (elsewhere && !current),
  );
  if (changed.length > 0) counts['harnesses'] = changed.length;
  // What a loop runs on is its owner's to change, but for its examples.
  const stay = harnesses.filter(({ current, elsewhere }) => current && elsewhere);
  const named = stay.map(
    ({ loop, version, redacted }) => `${loop} v${version}${redacted === undefined ? '' : ' (besides its examples)'}`,
  );
  return { runs: [...runs.values()], counts, open: [...open], harnesses: named };
}

async function erase(trx: Kysely<Tables>, order: Erase, names: ErasedNames): Promise<ErasureAnswer> {
  const known = await trx.selectFrom('erasures').selectAll().where('id', '=', order.id).executeTakeFirst();
  if (known !== undefined) return { kind: 'erased', erasure: erasureOf(known), plan: NOTHING };
  await names.begin(trx);
  const { reach, changes, plan } = await planned(trx, order, names);
  if (plan.open.length > 0) return { kind: 'refused', plan };
  // The marks first: the changes may give the rows other names.
  for (const runKey of reach.runs.keys()) await mark(trx, runKey, order.at);
  for (const change of changes) await applyChange(trx, change);
  for (const { table, row, set } of changes)
    if (table.table === 'lessons' && 'input' in set)
      await trx
        .updateTable('lessons')
        .set({ erased_at: order.at })
        .where('id', '=', Number(row['id']))
        .where('erased_at', 'is', null)
        .execute();
    else if (table.table === 'cases' && 'input' in set)
      await trx
        .updateTable('cases')
        .set({ erased_at: order.at })
        .where('loop', '=', String(row['loop']))
        // The same change may have given it another name.
        .where('id', '=', set['id'] ?? String(row['id']))
        .where('erased_at', 'is', null)
        .execute();
  await eraseHarnesses(trx, reach.harnesses, order);
  await dropTexts(trx, reach);
  // A cache of what sources said, about anybody: they are asked again.
  await trx.deleteFrom('source_answers').execute();
  return { kind: 'erased', erasure: await record(trx, order, plan, names), plan };
}

const NOTHING: ErasurePlan = { runs: [], counts: {}, open: [], harnesses: [] };

async function mark(trx: Kysely<Tables>, runKey: string, at: Timestamp): Promise<void> {
  await trx
    .updateTable('runs')
    .set({ erased_at: at })
    .where('run_key', '=', runKey)
    .where('erased_at', 'is', null)
    .execute();
}

async function dropTexts(trx: Kysely<Tables>, { artefacts, shown, runs }: Reach): Promise<void> {
  for (const digest of artefacts) {
    await trx.deleteFrom('artefact_owners').where('digest', '=', digest).execute();
    await trx.deleteFrom('artefacts').where('digest', '=', digest).execute();
  }
  // A run of somebody else is at work with it: it goes on without what the lesson said.
  for (const digest of shown)
    await trx.updateTable('artefacts').set({ body: ERASED }).where('digest', '=', digest).execute();
  for (const runKey of runs.keys()) await trx.deleteFrom('artefact_owners').where('run_key', '=', runKey).execute();
}

async function record(
  trx: Kysely<Tables>,
  order: Erase,
  { counts }: ErasurePlan,
  names: ErasedNames,
): Promise<Erasure> {
  const { id, at, by, reason, subject, files } = order;
  const erasure: Erasure = {
    id,
    at,
    by,
    ...(reason === undefined ? {} : { reason }),
    ...(subject === undefined ? {} : { subject: names.ofSubject(subject) }),
    counts: { ...counts, ...(files === 0 ? {} : { files }) },
  };
  await trx
    .insertInto('erasures')
    .values({
      id,
      at,
      by,
      reason: reason ?? null,
      subject: erasure.subject ?? null,
      counts: JSON.stringify(erasure.counts),
    })
    .execute();
  await addAudit(trx, { at, kind: 'erasure', body: { id, by, counts: erasure.counts } });
  return erasure;
}

/** Writes the file anew and empties its log: what was erased stands on no free page. */
async function compact(database: Kysely<Tables>): Promise<void> {
  await sql`vacuum`.execute(database);
  const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(database);
  if (rows[0]?.busy !== 0)
    throw failure(
      'StoreUnavailable',
      'It is erased and on record, but somebody who reads the database, such as a backup, keeps its log from being emptied. Erase again when that has ended.',
    );
}

function erasureOf(row: Tables['erasures']): Erasure {
  const { reason, subject, counts, ...rest } = row;
  return {
    ...rest,
    ...(reason === null ? {} : { reason }),
    ...(subject === null ? {} : { subject }),
    counts: JSON.parse(counts) as Erasure['counts'],
  };
}
