import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/** File in a data folder with the vectors of texts that were embedded. */
export const VECTORS_FILE = 'vectors.db';

/** Makes a vector of a text. */
type Embed = (text: string) => Promise<Float32Array>;

/**
 * Keeps vectors in a file, so that a restarted worker need not embed again what it knows (3-4 ms each). Only a cache: it
 * is not synced to disk, and a file that cannot be used is told once and done without.
 */
export function keptInFile(path: string, model: string, embed: Embed, report: (text: string) => void): Embed {
  const file = open(path, report);
  if (file === undefined) return embed;
  const find = file.prepare('select vector from vectors where model = ? and digest = ?');
  const keep = file.prepare('insert or ignore into vectors (model, digest, vector) values (?, ?, ?)');
  return async (text) => {
    const digest = createHash('sha256').update(text).digest();
    const known = find.get(model, digest)?.['vector'];
    // Copied, because a blob need not begin at a multiple of four bytes.
    if (known instanceof Uint8Array) return new Float32Array(known.slice().buffer);
    const vector = await embed(text);
    keep.run(model, digest, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
    return vector;
  };
}

function open(path: string, report: (text: string) => void): DatabaseSync | undefined {
  try {
    const file = new DatabaseSync(path, { timeout: 1000 });
    file.exec(`pragma journal_mode = wal; pragma synchronous = off;
      create table if not exists vectors (model text not null, digest blob not null, vector blob not null, primary key (model, digest)) without rowid`);
    return file;
  } catch (error) {
    report(
      `Vectors are not kept in ${path} (${(error as Error).message}); a restarted worker embeds its examples again.`,
    );
    return undefined;
  }
}
