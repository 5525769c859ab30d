import { files } from './files.ts';
import type { FinderSource } from './finder-source.ts';

/** What is known of a file before it is read. */
export interface ListedFile {
  /** From the root, with `/` between names. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** A file that a run is about to be started for. */
export interface FoundFile extends ListedFile {
  readonly text: string;
}

/** What `find.files` is given. */
export interface FindFilesOptions {
  /** Where to look, from the finder's own folder, or absolute. Default: the finder's own folder. */
  readonly root?: string;
  /** A file that was changed less than this ago, in milliseconds, is left for the next time: somebody may still write it. Default 2000. */
  readonly settledMs?: number;
  /** Largest file, in bytes. Default 200,000. */
  readonly maxBytes?: number;
  /** For looking through the folder, in milliseconds. Default 20,000. */
  readonly timeoutMs?: number;
}

/** A clock of another machine may be ahead of ours by so much; a file from further in the future is taken as it is. */
const CLOCKS_DIFFER_MS = 60_000;

/** Text files below a folder whose path fits a glob, those first that were not changed for longest. Their key is their path. */
export function findFiles(pattern: string, options: FindFilesOptions = {}): FinderSource<ListedFile, FoundFile> {
  const { root = '.', settledMs = 2000, maxBytes = 200_000, timeoutMs = 20_000 } = options;
  const source = files(pattern, { root, maxBytes, timeoutMs, why: 'what there is to do' });
  const bounds = { root, timeoutMs, reuseForMs: 0 };
  return {
    name: source.name,
    mistakes: source.mistakes ?? [],
    key: ({ path }) => path,
    async list({ read, now }) {
      const [part] = await read({ kind: 'fileList', pattern, maxBytes, ...bounds });
      const listed = JSON.parse(part?.text ?? '[]') as ListedFile[];
      const settled = listed.filter(({ modifiedAt }) => {
        const age = now - modifiedAt;
        return age >= settledMs || age < -CLOCKS_DIFFER_MS;
      });
      return { items: settled.toSorted((a, b) => a.modifiedAt - b.modifiedAt || (a.path < b.path ? -1 : 1)) };
    },
    take: (file) => file as ListedFile,
    async read(file, { read }) {
      const [part] = await read({ kind: 'file', path: file.path, maxBytes, ...bounds });
      return part === undefined ? undefined : { ...file, text: part.text };
    },
  };
}
