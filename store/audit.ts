import { createHash, randomBytes } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { AuditEntry, AuditHead, AuditKind, AuditQuery, NewestAudit } from '../contract/audit.ts';
import type { Timestamp } from '../contract/names.ts';
import type { Database } from './group-commit.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';

/** What was decided and changed, in order, each entry holding on to the one before. Entries are written along with what they tell. */
export interface Audit {
  /** Entries, oldest first. */
  list(query: AuditQuery): Promise<readonly AuditEntry[]>;
  /** Entries, newest first. */
  newest(query: NewestAudit): Promise<readonly AuditEntry[]>;
  /** The newest entry; undefined where there is none. */
  head(): Promise<AuditHead | undefined>;
}

/** The audit log, in SQL. */
export function sqlAudit({ read }: Database): Audit {
  return {
    async list({ after, limit }) {
      const rows = await read
        .selectFrom('audit')
        .selectAll()
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(entryOf);
    },
    async newest({ kind, before, limit }) {
      const rows = await read
        .selectFrom('audit')
        .selectAll()
        .$if(kind !== undefined, (some) => some.where('kind', '=', kind ?? ''))
        .$if(before !== undefined, (some) => some.where('seq', '<', before ?? 0))
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute();
      return rows.map(entryOf);
    },
    async head() {
      const [newest] = await selectHead(read, {});
      return newest;
    },
  };
}

const selectHead = prepared((database) =>
  database.selectFrom('audit').select(['seq', 'hash', 'at']).orderBy('seq', 'desc').limit(1),
);

const insertEntry = prepared((database, entry: AuditEntry) =>
  database.insertInto('audit').values({
    seq: entry.seq,
    at: entry.at,
    kind: entry.kind,
    body: entry.body,
    body_digest: entry.bodyDigest,
    prev: entry.prev,
    hash: entry.hash,
  }),
);

/** Adds an entry, in the transaction of what it tells. */
export async function addAudit(
  trx: Kysely<Tables>,
  { at, kind, body }: { readonly at: Timestamp; readonly kind: AuditKind; readonly body: object },
): Promise<void> {
  const [newest] = await selectHead(trx, {});
  // Without something that nobody can guess, what was erased could be tried out against its digest.
  const text = JSON.stringify({ ...body, nonce: randomBytes(12).toString('hex') });
  const entry = { seq: (newest?.seq ?? 0) + 1, at, kind, bodyDigest: auditDigest(text), prev: newest?.hash ?? '' };
  await insertEntry(trx, { ...entry, body: text, hash: auditHash(entry) });
}

/** Digest of an entry's body. */
export function auditDigest(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Hash of an entry, over all of it but its body's own words. */
export function auditHash({ seq, at, kind, bodyDigest, prev }: Omit<AuditEntry, 'body' | 'hash'>): string {
  return createHash('sha256').update([seq, at, kind, bodyDigest, prev].join('\n')).digest('hex');
}

function entryOf({ body_digest: bodyDigest, ...row }: Selectable<Tables['audit']>): AuditEntry {
  return { ...row, bodyDigest };
}
