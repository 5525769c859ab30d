import type { Kysely } from 'kysely';
import type { Timestamp } from '../contract/names.ts';
import { digestOf } from './artefacts.ts';
import { BLANK, moveTo } from './harness-moves.ts';
import type { Tables } from './schema.ts';
import { nextVersion } from './version-number.ts';

/** A version of a harness that an erasure reaches. */
export interface ReachedHarness {
  readonly loop: string;
  readonly version: number;
  /** Whether new runs take it. */
  readonly current: boolean;
  /** What it says without its examples of the subject; absent where none of them is. */
  readonly redacted?: string;
  /** Whether the subject is named elsewhere too: in what its owner wrote, or a person approved. */
  readonly elsewhere: boolean;
}

/** Who may be meant by a harness: whoever is named, and whose case an example came from. */
export interface InHarness {
  readonly named: (text: string) => boolean;
  readonly caseIds: ReadonlySet<string>;
}

/** Versions that show an example of the subject, or name it elsewhere, by loop and version. */
export async function harnessesReached(database: Kysely<Tables>, meant: InHarness): Promise<ReachedHarness[]> {
  const rows = await database
    .selectFrom('harnesses')
    .leftJoin('harness_pointers', 'harness_pointers.loop', 'harnesses.loop')
    .select(['harnesses.loop', 'harnesses.version', 'harnesses.body', 'harness_pointers.version as pointed'])
    .where('harnesses.body', '<>', BLANK)
    .orderBy('harnesses.loop')
    .orderBy('harnesses.version')
    .execute();
  return rows.flatMap(({ loop, version, body, pointed }) => {
    const redacted = without(body, meant);
    const elsewhere = meant.named(redacted ?? body);
    if (redacted === undefined && !elsewhere) return [];
    const which = { loop, version, current: pointed === version, elsewhere };
    return [{ ...which, ...(redacted === undefined ? {} : { redacted }) }];
  });
}

/** A body without its examples of the subject; undefined where it has none. */
function without(text: string, { named, caseIds }: InHarness): string | undefined {
  const body = JSON.parse(text) as { readonly examples?: unknown };
  if (!Array.isArray(body.examples)) return undefined;
  const examples = body.examples.filter((example: { readonly source?: unknown } | null) => {
    const words = typeof example?.source === 'string' ? example.source.split(/\s+/) : [];
    return !named(JSON.stringify(example)) && !words.some((word) => caseIds.has(word));
  });
  return examples.length === body.examples.length ? undefined : JSON.stringify({ ...body, examples });
}

/**
 * Takes the examples out of every version, and gives a loop that runs on one of them a new version without: what was
 * proven of the old one is not said of it. A version that names the subject elsewhere and that nothing runs on goes as a whole.
 */
export async function eraseHarnesses(
  trx: Kysely<Tables>,
  reached: readonly ReachedHarness[],
  { id, by, at }: { readonly id: string; readonly by: string; readonly at: Timestamp },
): Promise<void> {
  for (const { loop, version, current, redacted, elsewhere } of reached) {
    const body = elsewhere && !current ? BLANK : redacted;
    if (body === undefined) continue;
    await trx.updateTable('harnesses').set({ body }).where('loop', '=', loop).where('version', '=', version).execute();
    if (current) await runWithout(trx, { loop, version, body }, { id, by, at });
    else await endTrial(trx, { loop, version }, at);
  }
}

/** What was shown, or is being shown, of a version is not said of what is left of it: a change has to be proposed anew. */
async function endTrial(
  trx: Kysely<Tables>,
  { loop, version }: Pick<ReachedHarness, 'loop' | 'version'>,
  at: Timestamp,
): Promise<void> {
  const because = `What was erased stood in v${version}.`;
  await trx
    .updateTable('candidates')
    .set({ state: 'rejected', because, settled_at: at })
    .where('loop', '=', loop)
    .where('version', '=', version)
    .where('state', 'not in', ['promoted', 'refuted', 'rolledBack'])
    .execute();
  await trx
    .updateTable('experiments')
    .set({ state: 'closed', standing: 'inconclusive', because, closed_at: at })
    .where('loop', '=', loop)
    .where('state', '<>', 'closed')
    .where((where) => where.or([where('candidate', '=', `v${version}`), where('baseline', '=', `v${version}`)]))
    .execute();
}

async function runWithout(
  trx: Kysely<Tables>,
  { loop, version: from, body }: { readonly loop: string; readonly version: number; readonly body: string },
  { id, by, at }: { readonly id: string; readonly by: string; readonly at: Timestamp },
): Promise<void> {
  const version = await nextVersion(trx, loop);
  const row = { loop, version, body, digest: digestOf(body), source: 'erasure', promoted: 1, at };
  await trx.insertInto('harnesses').values(row).execute();
  await moveTo(trx, {
    key: `erasure/${id}/${loop}`,
    loop,
    from_version: from,
    to_version: version,
    kind: 'erasure',
    by,
    reason: `What was erased stood among the examples of v${from}.`,
    experiment: null,
    e: null,
    unproven: 0,
    at,
  });
}
