/** What a loop is written with. */
export {
  defineLoop,
  stage,
  type Effect,
  type EffectContext,
  type Files,
  type Loop,
  type LoopDefinition,
  type OtherStage,
  type Outbox,
  type Stage,
} from './loop.ts';
export { defineFinder, type Finder, type FinderDefinition, type Found } from './finder.ts';
export { find } from './find.ts';
export type { FindFilesOptions, FoundFile, ListedFile } from './find-files.ts';
export type { FindIssuesOptions, GithubIssue } from './find-issues.ts';
export type { FindJsonOptions } from './find-json.ts';
export type { FindRowsOptions, Item } from './find-rows.ts';
export type { FinderAccess, FinderSource, Listing } from './finder-source.ts';
export type { LoopStarts, StartedRun, StartOptions } from './loop-starts.ts';
export { InvalidLoop, type DefinitionMistake } from './invalid-loop.ts';
export {
  compute,
  model,
  type ComputeContext,
  type ComputeGenerator,
  type Decision,
  type Generator,
  type ModelGenerator,
} from './generators.ts';
export {
  documents,
  lessons,
  source,
  type Facts,
  type Part,
  type Source,
  type SourceAccess,
  type SourceMistake,
} from './sources.ts';
export { files, type FilesOptions } from './files.ts';
export { git, type GitDiffOptions, type GitFileOptions, type GitLogOptions } from './git.ts';
export { http, type HttpOptions } from './http.ts';
export { sql, type SqlOptions } from './sql.ts';
export type { Given, OutsideOptions } from './source-options.ts';
export type {
  FileListRequest,
  FileRequest,
  FilesRequest,
  GitRequest,
  HttpRequest,
  SourceBounds,
  SourceRequest,
  SqlRequest,
} from './source-requests.ts';
export {
  check,
  human,
  judge,
  pairwise,
  panel,
  type Baseline,
  type Check,
  type Evidence,
  type Finding,
  type Human,
  type Judge,
  type LabelledExample,
  type Pairwise,
  type Panel,
  type Rubric,
  type Verifier,
  type VerifierOptions,
} from './verifiers.ts';
export { failure, type FailureType } from '../../contract/failures.ts';
export type { Keep, Trust } from '../../contract/context.ts';
export type { Lesson, LessonKind } from '../../contract/lesson.ts';
export type { Criterion, Verdict } from '../../contract/verdict.ts';
