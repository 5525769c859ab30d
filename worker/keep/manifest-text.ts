import type { BackupManifest } from '../../contract/backup.ts';
import { moment } from '../../core/figures.ts';
import { plainLine } from '../../core/plain-text.ts';
import type { Restored } from './restore.ts';

/** So many open runs are named; how many there are is always said. */
const NAMED = 10;

/** What is in a backup, for people. */
export function manifestText(folder: string, { at, store, files }: BackupManifest): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const rows = Object.entries(store.counts).filter(([, n]) => n > 0);
  return [
    `Backed up to ${folder}: ${files.length} file${files.length === 1 ? '' : 's'}, ${bytes} bytes, as of ${moment(at)}.`,
    `Checked: every page is whole, and its newest migration is ${store.schema}.`,
    `Rows: ${rows.map(([table, n]) => `${table} ${n}`).join(', ') || 'none'}.`,
    ...files.map(({ path, sha256 }) => `  ${sha256}  ${path}`),
    ...openText(store.openRuns, 'Open when it was made, so a restore does not bring them back to work'),
  ].join('\n');
}

/** What was restored, and what is not known since, for people. */
export function restoredText(data: string, { manifest, doubtful, aside }: Restored): string {
  const { at, store } = manifest;
  return [
    `Restored ${data} as of ${moment(at)}. Start with \`loopwright up --data ${data}\`.`,
    ...(aside === undefined ? [] : [`What was there is in ${aside}.`]),
    `What was done after ${moment(at)} is not known to this store. Work that was begun later is done again where it is started again; its effects have the same idempotency keys, so a target that heeds them does not do them twice.`,
    ...(doubtful === 0
      ? []
      : [
          `${doubtful} piece${doubtful === 1 ? '' : 's'} of work ${doubtful === 1 ? 'was' : 'were'} in progress: an effect of theirs that cannot be repeated is refused (EffectUncertain) until you start the work with {"rerun": true}.`,
        ]),
    ...openText(store.openRuns, 'Open when it was made; the sweeper closes those that Temporal no longer has'),
    'What was erased after it was made is here again: erase it again.',
  ].join('\n');
}

function openText(open: BackupManifest['store']['openRuns'], what: string): string[] {
  if (open.length === 0) return [];
  const more = open.length > NAMED ? ', …' : '';
  const names = open.slice(0, NAMED).map(({ workflowId }) => plainLine(workflowId, 200));
  return [`${what} (${open.length}): ${names.join(', ')}${more}.`];
}
