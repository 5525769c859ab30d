import { boundsOf, given, outside, type Given, type OutsideOptions } from './source-options.ts';
import type { Source, SourceMistake } from './sources.ts';

/** What every source about a repository is given. */
export interface GitOptions extends OutsideOptions {
  /** The repository's top folder on this machine, from the loop's own folder, or absolute. Nothing is fetched into it. */
  readonly repo: string;
}

/** What {@link git}`.log` is given. */
export interface GitLogOptions<I> extends GitOptions {
  /** Where the history begins, backwards. Default `HEAD`. */
  readonly ref?: Given<I, string>;
  /** Only commits that touch these. */
  readonly paths?: Given<I, readonly string[]>;
  /** At most so many commits. Default 20. */
  readonly entries?: number;
}

/** What {@link git}`.diff` is given. */
export interface GitDiffOptions<I> extends GitOptions {
  readonly from: Given<I, string>;
  /** Default `HEAD`. */
  readonly to?: Given<I, string>;
  readonly paths?: Given<I, readonly string[]>;
}

/** What {@link git}`.file` is given. */
export interface GitFileOptions<I> extends GitOptions {
  /** A file's path from the repository's top. */
  readonly path: Given<I, string>;
  /** Default `HEAD`. */
  readonly ref?: Given<I, string>;
}

const BOUNDS = { maxBytes: 200_000, timeoutMs: 20_000 };

/**
 * What a git repository says: its log, what differs between two commits, a file as it was. Refs are branches, tags,
 * commits; the manifest has the commit's id. A log or a diff that is longer than `maxBytes` (default 200,000) is cut, and
 * says so.
 */
export const git = {
  /** Commits with author, date and message, newest first. */
  log<I>(options: GitLogOptions<I>): Source<I> {
    const { repo, ref = 'HEAD', paths = [], entries = 20 } = options;
    return outside<I>(
      { ...options },
      {
        name: `git log(${repo})`,
        mistakes: gitMistakes('log', repo, { ref }),
        request: (input) => ({
          kind: 'git',
          what: 'log',
          repo,
          ref: given(ref, input),
          paths: given(paths, input),
          entries,
          ...boundsOf(options, BOUNDS),
        }),
      },
    );
  },
  /** What differs between two commits. */
  diff<I>(options: GitDiffOptions<I>): Source<I> {
    const { repo, from, to = 'HEAD', paths = [] } = options;
    return outside<I>(
      { ...options },
      {
        name: `git diff(${repo})`,
        mistakes: gitMistakes('diff', repo, { from, to }),
        request: (input) => ({
          kind: 'git',
          what: 'diff',
          repo,
          from: given(from, input),
          to: given(to, input),
          paths: given(paths, input),
          ...boundsOf(options, BOUNDS),
        }),
      },
    );
  },
  /** A file as it was at a commit. */
  file<I>(options: GitFileOptions<I>): Source<I> {
    const { repo, path, ref = 'HEAD' } = options;
    return outside<I>(
      { ...options },
      {
        name: `git file(${repo})`,
        mistakes: gitMistakes('file', repo, { path, ref }),
        request: (input) => ({
          kind: 'git',
          what: 'file',
          repo,
          path: given(path, input),
          ref: given(ref, input),
          ...boundsOf(options, BOUNDS),
        }),
      },
    );
  },
};

function* gitMistakes(
  what: string,
  repo: unknown,
  fields: Readonly<Record<string, unknown>>,
): Generator<SourceMistake, void> {
  if (typeof repo !== 'string' || repo === '' || /^[\w+]+:\/\//.test(repo))
    yield {
      rule: `expected \`repo\` of \`git.${what}()\` to be a folder of this machine, got ${JSON.stringify(repo) ?? 'nothing'}`,
      fix: "Clone it beside the worker, and write its top folder: `repo: '../..'`.",
    };
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === 'function' || (typeof value === 'string' && /^[^-/]/.test(value))) continue;
    yield {
      rule: `expected \`${field}\` of \`git.${what}()\` to be a name that does not begin with \`-\` or \`/\`, got ${JSON.stringify(value) ?? 'nothing'}`,
      fix: `Write \`${field}: '${field === 'path' ? 'docs/policy.md' : 'main'}'\` or \`${field}: (input) => …\`.`,
    };
  }
}
