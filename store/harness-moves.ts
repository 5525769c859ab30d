import type { Kysely, Selectable } from 'kysely';
import { failure } from '../contract/failures.ts';
import type { HarnessMove } from '../contract/harness-move.ts';
import type { Timestamp } from '../contract/names.ts';
import { addAudit } from './audit.ts';
import { settleCandidate } from './candidates.ts';
import type { Tables } from './schema.ts';
import { versionNumber } from './version-number.ts';

/** What a version says when all of it was erased: no loop goes back to it. */
export const BLANK = 'null';

/** Who moves a loop to another harness, and why. The same key again changes nothing. */
interface Moving {
  readonly loop: string;
  readonly key: string;
  readonly by: string;
  readonly reason: string;
  readonly at: Timestamp;
}

/** A candidate to run on. */
export interface Promoting extends Moving {
  readonly version: string;
  /** What the loop must run on now: whoever promotes has seen the difference to exactly that. */
  readonly expected: string;
  readonly experiment?: string;
  readonly e?: number;
  readonly unproven: boolean;
}

/** The way back to a version that was promoted before. */
export interface RollingBack extends Moving {
  /** Default: what the loop ran on before the newest move that was not taken back. */
  readonly to?: string | undefined;
  /** What the loop must run on now. Default: anything. */
  readonly expected?: string | undefined;
}

/** What became of a move. `already`: the loop runs on it, and somebody else moved it there. `conflict`: it does not run on what was expected. */
export type Moved =
  | { readonly kind: 'moved'; readonly current: string; readonly move: HarnessMove }
  | { readonly kind: 'already' | 'conflict'; readonly current: string };

/** Lets new runs of a loop take another harness: the pointer, the move and its entry on the audit log are one. */
export async function moveTo(
  trx: Kysely<Tables>,
  move: Omit<Selectable<Tables['harness_moves']>, 'id'>,
): Promise<HarnessMove> {
  const { loop, to_version: version } = move;
  const row = await trx.insertInto('harness_moves').values(move).returningAll().executeTakeFirstOrThrow();
  await trx
    .insertInto('harness_pointers')
    .values({ loop, version })
    .onConflict((on) => on.column('loop').doUpdateSet({ version }))
    .execute();
  const promoted = await trx
    .updateTable('harnesses')
    .set({ promoted: 1 })
    .where('loop', '=', loop)
    .where('version', '=', version)
    .returning(['digest', 'source'])
    .executeTakeFirstOrThrow();
  const { kind, by, reason, experiment, e, at } = move;
  const body = { loop, version, ...promoted, from: move.from_version, move: kind, by, reason, experiment, e };
  await addAudit(trx, { at, kind: 'harness', body: { ...body, unproven: move.unproven === 1 } });
  return moveOf(row);
}

/** Promotes by compare-and-set. @throws `InvalidInput` where there is no such version. */
export async function promote(trx: Kysely<Tables>, promoting: Promoting): Promise<Moved> {
  const { loop, key, by, reason, at, experiment = null, e = null } = promoting;
  const done = await doneAs(trx, key);
  if (done !== undefined) return done;
  await versionIn(trx, loop, promoting.version);
  const current = await currentOf(trx, loop);
  if (current === promoting.version) return { kind: 'already', current };
  if (current !== promoting.expected) return { kind: 'conflict', current };
  const [from_version, to_version] = [versionNumber(current), versionNumber(promoting.version)];
  const evidence = { experiment, e, unproven: promoting.unproven ? 1 : 0 };
  const move = await moveTo(trx, {
    key,
    loop,
    from_version,
    to_version,
    kind: 'promotion',
    by,
    reason,
    ...evidence,
    at,
  });
  await settleCandidate(trx, { loop, version: to_version }, { state: 'promoted', because: reason, at });
  return { kind: 'moved', current: move.to, move };
}

/** Goes back. @throws `InvalidInput` where the version is not there, was never promoted, or there is none before. */
export async function rollback(trx: Kysely<Tables>, rolling: RollingBack): Promise<Moved> {
  const { loop, key, by, reason, at } = rolling;
  const done = await doneAs(trx, key);
  if (done !== undefined) return done;
  const current = await currentOf(trx, loop);
  if (rolling.expected !== undefined && rolling.expected !== current) return { kind: 'conflict', current };
  const to = rolling.to ?? (await versionBefore(trx, loop));
  if (to === undefined)
    throw failure('InvalidInput', `Loop ${loop} runs on its first harness: there is none to go back to.`);
  const { promoted } = await versionIn(trx, loop, to);
  if (promoted !== 1)
    throw failure(
      'InvalidInput',
      `${to} of loop ${loop} was never promoted, so there is no way back to it. Promote it: loopwright harness promote ${loop} ${to}`,
    );
  if (to === current) return { kind: 'already', current };
  const [from_version, to_version] = [versionNumber(current), versionNumber(to)];
  const evidence = { experiment: null, e: null, unproven: 0 };
  const move = await moveTo(trx, {
    key,
    loop,
    from_version,
    to_version,
    kind: 'rollback',
    by,
    reason,
    ...evidence,
    at,
  });
  await settleCandidate(trx, { loop, version: from_version }, { state: 'rolledBack', because: reason, at });
  await settleCandidate(trx, { loop, version: to_version }, { state: 'promoted', because: reason, at });
  return { kind: 'moved', current: to, move };
}

/**
 * What a loop ran on before the newest move that was not taken back: a rollback takes back what came after its target, so
 * twice is two steps back and never to and fro.
 */
export async function versionBefore(database: Kysely<Tables>, loop: string): Promise<string | undefined> {
  const moves = await database
    .selectFrom('harness_moves')
    .select(['kind', 'to_version as to'])
    .where('loop', '=', loop)
    .orderBy('id')
    .execute();
  let behind: number[] = [];
  for (const { kind, to } of moves) {
    const known = kind === 'rollback' ? behind.lastIndexOf(to) : -1;
    // What runs since an erasure takes the place of what ran before it.
    if (kind === 'erasure') behind = [...behind.slice(0, -1), to];
    else behind = known === -1 ? [...behind, to] : behind.slice(0, known + 1);
  }
  const version = behind.at(-2);
  return version === undefined ? undefined : `v${version}`;
}

/** A move as it is read. */
export function moveOf(row: Selectable<Tables['harness_moves']>): HarnessMove {
  return {
    id: row.id,
    loop: row.loop,
    ...(row.from_version === null ? {} : { from: `v${row.from_version}` }),
    to: `v${row.to_version}`,
    kind: row.kind as HarnessMove['kind'],
    by: row.by,
    reason: row.reason,
    ...(row.experiment === null ? {} : { experiment: row.experiment }),
    ...(row.e === null ? {} : { e: row.e }),
    unproven: row.unproven === 1,
    at: row.at,
  };
}

async function doneAs(trx: Kysely<Tables>, key: string): Promise<Moved | undefined> {
  const row = await trx.selectFrom('harness_moves').selectAll().where('key', '=', key).executeTakeFirst();
  return row && { kind: 'moved', current: `v${row.to_version}`, move: moveOf(row) };
}

async function currentOf(trx: Kysely<Tables>, loop: string): Promise<string> {
  const pointer = await trx
    .selectFrom('harness_pointers')
    .select('version')
    .where('loop', '=', loop)
    .executeTakeFirst();
  if (pointer !== undefined) return `v${pointer.version}`;
  throw failure('InvalidInput', `This record has no harness of a loop ${loop}. A worker that runs it brings one.`);
}

/** A version that a loop may run on. @throws `InvalidInput` where there is none, or nothing is left of it. */
async function versionIn(trx: Kysely<Tables>, loop: string, version: string): Promise<{ readonly promoted: number }> {
  const row = await trx
    .selectFrom('harnesses')
    .select(['promoted', 'body'])
    .where('loop', '=', loop)
    .where('version', '=', versionNumber(version))
    .executeTakeFirst();
  if (row?.body === BLANK)
    throw failure(
      'InvalidInput',
      `${version} of loop ${loop} was erased, because it named somebody: there is no way back to it.`,
    );
  if (row !== undefined) return row;
  throw failure('InvalidInput', `Loop ${loop} has no harness ${version}. List them: loopwright harness list ${loop}`);
}
