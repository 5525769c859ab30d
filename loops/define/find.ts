import { findFiles } from './find-files.ts';
import { findIssues } from './find-issues.ts';
import { findJson } from './find-json.ts';
import { findRows } from './find-rows.ts';

/** Where finders find work: each lists items, oldest first. */
export const find = {
  /** Text files below a folder whose path fits a glob. */
  files: findFiles,
  /** Rows of a SQLite database, read-only. */
  sql: findRows,
  /** A list in JSON, by one GET. */
  http: findJson,
  /** Open issues of a repository on GitHub. */
  githubIssues: findIssues,
};
