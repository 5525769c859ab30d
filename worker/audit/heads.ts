import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditHead } from '../../contract/audit.ts';
import type { Store } from '../../store/ports.ts';

/** File in a data folder with the heads of its audit log; `LOOPWRIGHT_AUDIT_HEADS` names one elsewhere, which is better. */
const HEADS_FILE = 'audit-heads.jsonl';

/** How often a new head is written down, in milliseconds. */
const WRITE_EVERY_MS = 60_000;

/** Where the heads of a data folder's audit log are written. */
export function headsFile(env: NodeJS.ProcessEnv, data: string): string {
  return env['LOOPWRIGHT_AUDIT_HEADS'] ?? join(data, HEADS_FILE);
}

/** Heads that were written down, oldest first; none where there is no file. @throws Error naming the line that is no head. */
export async function readHeads(file: string): Promise<readonly AuditHead[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    try {
      return [AuditHead.parse(JSON.parse(line))];
    } catch {
      throw new Error(`${file}:${index + 1} is no head of an audit log: { "seq", "hash", "at" }.`);
    }
  });
}

/** Writes down the head of the audit log whenever it has moved: now, every minute, and when it is stopped. */
export function keepHeads(
  { audit }: Pick<Store, 'audit'>,
  file: string,
  report: (text: string) => void,
): { stop(): Promise<void> } {
  let written = '';
  let broken = false;
  const write = async (): Promise<void> => {
    try {
      const head = await audit.head();
      if (head === undefined || head.hash === written) return;
      const { seq, hash } = head;
      await appendFile(file, `${JSON.stringify({ seq, hash, at: Date.now() } satisfies AuditHead)}\n`, { mode: 0o600 });
      written = hash;
      broken = false;
    } catch (error) {
      if (!broken) report(`The head of the audit log was not written to ${file}: ${(error as Error).message}.`);
      broken = true;
    }
  };
  let last = write();
  const timer = setInterval(() => void (last = last.then(write)), WRITE_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await last.then(write);
    },
  };
}
