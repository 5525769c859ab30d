/**
 * What a worker is asked to read for a context. How far each may reach (which root, hosts, repository, statement) was
 * fixed by the loop's author before any input was seen; what an input adds to it is checked where it is read.
 */
export type SourceRequest = FilesRequest | FileListRequest | FileRequest | HttpRequest | GitRequest | SqlRequest;

/** Bounds of every request. */
export interface SourceBounds {
  /** More bytes than this are not read. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** An answer that is no older than this, in milliseconds, is used again; 0: every run asks anew. */
  readonly reuseForMs: number;
}

/** Text files below a folder. */
export interface FilesRequest extends SourceBounds {
  readonly kind: 'files';
  /** From the loop's own folder, or absolute. */
  readonly root: string;
  /** A folder below the root: a plain path, however much it looks like a pattern. */
  readonly under: string;
  /** A glob: `*`, `**`, `?`, `{a,b}`. */
  readonly pattern: string;
  readonly maxFiles: number;
}

/** The text files below a folder, without their text: a part with a JSON list of path, size in bytes and time of the last change. */
export interface FileListRequest extends SourceBounds {
  readonly kind: 'fileList';
  /** From the loop's own folder, or absolute. */
  readonly root: string;
  readonly pattern: string;
}

/** One text file below a folder; nothing where it is gone. */
export interface FileRequest extends SourceBounds {
  readonly kind: 'file';
  readonly root: string;
  /** A plain path below the root. */
  readonly path: string;
}

/** A GET of one URL. */
export interface HttpRequest extends SourceBounds {
  readonly kind: 'http';
  readonly url: string;
  /** Scheme, host and port of everything that may be asked, redirects too. */
  readonly origins: readonly string[];
  /** The header `accept`. */
  readonly accept: string;
  /** Variable of the worker's environment with a token that the first host is sent, and no other. */
  readonly token?: string;
}

/** What a git repository says; nothing is fetched and nothing is written. */
export type GitRequest = SourceBounds & {
  readonly kind: 'git';
  /** The repository's top folder, from the loop's own folder, or absolute. */
  readonly repo: string;
} & (
    | { readonly what: 'log'; readonly ref: string; readonly paths: readonly string[]; readonly entries: number }
    | { readonly what: 'diff'; readonly from: string; readonly to: string; readonly paths: readonly string[] }
    | { readonly what: 'file'; readonly ref: string; readonly path: string }
  );

/** One SELECT. */
export interface SqlRequest extends SourceBounds {
  readonly kind: 'sql';
  /** A SQLite file, from the loop's own folder, or absolute. */
  readonly database: string;
  readonly query: string;
  /** Bound to the `?` of the query, in order; never part of its text. */
  readonly parameters: readonly (string | number | null)[];
  readonly maxRows: number;
}
