import type { AuditEntry, AuditHead } from '../../contract/audit.ts';
import { ERASED } from '../../contract/erasure.ts';
import { auditDigest, auditHash } from '../../store/audit.ts';

/** What a look at the whole log came to. */
export interface Verified {
  /** Entries that were read. */
  readonly entries: number;
  /** Heads that were held against them. */
  readonly heads: number;
  /** Entries whose words went with an erasure. */
  readonly erased: number;
  /** The newest entry. */
  readonly head: Omit<AuditHead, 'at'>;
  /** The first entry that is not as it was written, and why; absent where all are. */
  readonly bad?: { readonly seq: number; readonly why: string };
}

/**
 * Holds an audit log against itself and against heads that were written down: an entry that was changed, left out, put
 * elsewhere or taken off the end is named, the first of them.
 */
export async function verifyAudit(log: AsyncIterable<AuditEntry>, heads: readonly AuditHead[]): Promise<Verified> {
  const wanted = new Map(heads.map(({ seq, hash }) => [seq, hash]));
  let head = { seq: 0, hash: '' };
  let firstErased: number | undefined;
  let erased = 0;
  const done = (bad?: Verified['bad']): Verified => {
    return { entries: head.seq, heads: heads.length, erased, head, ...(bad === undefined ? {} : { bad }) };
  };
  for await (const entry of log) {
    const { seq } = entry;
    if (seq !== head.seq + 1) return done({ seq: head.seq + 1, why: `it is missing: after ${head.seq} comes ${seq}` });
    if (entry.prev !== head.hash) return done({ seq, why: 'it does not hold on to the entry before it' });
    if (entry.hash !== auditHash(entry)) return done({ seq, why: 'it is not what its hash was made of' });
    if (entry.kind === 'erasure') firstErased = undefined;
    if (auditDigest(entry.body) !== entry.bodyDigest) {
      if (!entry.body.includes(ERASED)) return done({ seq, why: 'its body is not the one that was written' });
      erased += 1;
      firstErased ??= seq;
    }
    const written = wanted.get(seq);
    if (written !== undefined && written !== entry.hash)
      return done({ seq, why: 'a head that was written down has another hash for it: the log was written anew' });
    head = { seq, hash: entry.hash };
  }
  const cut = heads.find(({ seq }) => seq > head.seq);
  if (cut !== undefined)
    return done({ seq: head.seq + 1, why: `it is missing: a head that was written down names entry ${cut.seq}` });
  if (firstErased !== undefined)
    return done({ seq: firstErased, why: 'its words are gone, and no erasure after it is on the log' });
  return done();
}
