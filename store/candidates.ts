import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Candidate, CandidateState } from '../contract/candidate.ts';
import type { Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';
import { nextVersion, versionNumber } from './version-number.ts';

/** Changes that were proposed for harnesses. */
export interface Candidates {
  /** Records a candidate with the harness it stands for, as a version that is not promoted. One that has the digest already is proposed again by this run, under the version that it has. */
  propose(candidate: Omit<Candidate, 'version'>, harness: { body: unknown; digest: string }): Promise<Candidate>;
  find(loop: string, digest: string): Promise<Candidate | undefined>;
  /** The candidate that a run of `improve` proposed. */
  ofRun(runKey: string): Promise<Candidate | undefined>;
  /** The candidate that a version came from; undefined where it came from a file. */
  ofVersion(loop: string, version: string): Promise<Candidate | undefined>;
  /** Those of a loop, or of all, newest first. */
  list(query: { readonly loop?: string; readonly limit: number }): Promise<readonly Candidate[]>;
  /** Says what became of it. */
  settle(key: Pick<Candidate, 'loop' | 'digest'>, change: CandidateChange): Promise<void>;
}

/** What became of a candidate. */
export interface CandidateChange {
  readonly state: CandidateState;
  readonly because?: string;
  readonly experiment?: string;
  readonly at: Timestamp;
}

/** Candidates, in SQL. */
export function sqlCandidates({ read, write }: Database): Candidates {
  const all = read.selectFrom('candidates').selectAll();
  return {
    propose: (candidate, harness) => write((trx) => propose(trx, candidate, harness)),
    async find(loop, digest) {
      const row = await all.where('loop', '=', loop).where('digest', '=', digest).executeTakeFirst();
      return row && candidateOf(row);
    },
    async ofRun(runKey) {
      const row = await all.where('run_key', '=', runKey).executeTakeFirst();
      return row && candidateOf(row);
    },
    async ofVersion(loop, version) {
      const row = await all.where('loop', '=', loop).where('version', '=', versionNumber(version)).executeTakeFirst();
      return row && candidateOf(row);
    },
    async list({ loop, limit }) {
      const rows = await all
        .$if(loop !== undefined, (some) => some.where('loop', '=', loop ?? ''))
        .orderBy('at', 'desc')
        .orderBy('version', 'desc')
        .limit(limit)
        .execute();
      return rows.map(candidateOf);
    },
    settle: (key, change) => write((trx) => settleCandidate(trx, key, change)),
  };
}

/** The same change again is the same candidate, of the run that tries it now; a new one takes the next version, which nothing runs on yet. */
async function propose(
  trx: Kysely<Tables>,
  candidate: Omit<Candidate, 'version'>,
  { body, digest }: { readonly body: unknown; readonly digest: string },
): Promise<Candidate> {
  const { loop, at } = candidate;
  const known = await trx
    .selectFrom('candidates')
    .selectAll()
    .where('loop', '=', loop)
    .where('digest', '=', candidate.digest)
    .executeTakeFirst();
  if (known !== undefined && (await says(trx, known, body))) return await again(trx, candidateOf(known), candidate);
  const version = await nextVersion(trx, loop);
  await trx
    .insertInto('harnesses')
    .values({ loop, version, body: JSON.stringify(body), digest, source: 'candidate', promoted: 0, at })
    .execute();
  const proposed = { ...candidate, version: `v${version}` };
  await trx
    .insertInto('candidates')
    .values(rowOf(proposed))
    .onConflict((on) => on.columns(['loop', 'digest']).doUpdateSet(rowOf(proposed)))
    .execute();
  return proposed;
}

/** Whether the version of a candidate says what was proposed: an erasure may have taken something out of it. */
async function says(
  trx: Kysely<Tables>,
  { loop, version }: { readonly loop: string; readonly version: number },
  body: unknown,
): Promise<boolean> {
  const kept = await trx
    .selectFrom('harnesses')
    .select('body')
    .where('loop', '=', loop)
    .where('version', '=', version)
    .executeTakeFirst();
  return kept?.body === JSON.stringify(body);
}

async function again(
  trx: Kysely<Tables>,
  known: Candidate,
  { runKey, manifest, at }: Omit<Candidate, 'version'>,
): Promise<Candidate> {
  if (known.runKey === runKey) return known;
  const { because: _because, settledAt: _settledAt, ...kept } = known;
  const proposed: Candidate = { ...kept, manifest, state: 'proposed', runKey, at };
  await trx
    .updateTable('candidates')
    .set(rowOf(proposed))
    .where('loop', '=', known.loop)
    .where('digest', '=', known.digest)
    .execute();
  return proposed;
}

/** Says what became of a candidate; where the version came from none, nothing changes. */
export async function settleCandidate(
  trx: Kysely<Tables>,
  which: Pick<Candidate, 'loop'> & (Pick<Candidate, 'digest'> | { readonly version: number }),
  { state, because, experiment, at }: CandidateChange,
): Promise<void> {
  await trx
    .updateTable('candidates')
    .set({ state, because: because ?? null, settled_at: at, ...(experiment === undefined ? {} : { experiment }) })
    .where('loop', '=', which.loop)
    .where((row) => ('digest' in which ? row('digest', '=', which.digest) : row('version', '=', which.version)))
    .execute();
}

function rowOf(candidate: Candidate): Insertable<Tables['candidates']> {
  return {
    loop: candidate.loop,
    digest: candidate.digest,
    kind: candidate.kind,
    base: versionNumber(candidate.base),
    version: versionNumber(candidate.version),
    widens: candidate.widens ? 1 : 0,
    manifest: JSON.stringify(candidate.manifest),
    state: candidate.state,
    because: candidate.because ?? null,
    run_key: candidate.runKey,
    experiment: candidate.experiment ?? null,
    at: candidate.at,
    settled_at: candidate.settledAt ?? null,
  };
}

function candidateOf(row: Selectable<Tables['candidates']>): Candidate {
  return {
    loop: row.loop,
    digest: row.digest,
    kind: row.kind as Candidate['kind'],
    base: `v${row.base}`,
    version: `v${row.version}`,
    widens: row.widens === 1,
    manifest: JSON.parse(row.manifest) as Candidate['manifest'],
    state: row.state as CandidateState,
    ...(row.because === null ? {} : { because: row.because }),
    runKey: row.run_key,
    ...(row.experiment === null ? {} : { experiment: row.experiment }),
    at: row.at,
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
  };
}
