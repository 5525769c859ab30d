import type { Keep, Trust } from '../../contract/context.ts';
import type { Lesson } from '../../contract/lesson.ts';
import type { SourceRequest } from './source-requests.ts';

/** A piece of context as a source delivers it. */
export interface Part {
  readonly text: string;
  /** For documents: the file's name. */
  readonly title?: string;
  /** Ids of the lessons in it. */
  readonly lessons?: readonly number[];
  /** Where exactly it came from: the last URL, a commit. Shown in the manifest, which is kept: nothing personal. */
  readonly origin?: string;
  /** Set where it is not all there was, with what it is: `the first 200 rows`. */
  readonly incomplete?: string;
  /** Set where it was not read now but is an answer of earlier: its age in milliseconds. */
  readonly cachedForMs?: number;
}

/** Figures that the store keeps about runs, for loops that report on loops. All bounds are milliseconds since 1970. */
export interface Facts {
  /** Rows of a read-only SQL query over the public views of the store; `?` are parameters. */
  query(sql: string, parameters?: readonly (string | number)[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** What a source may ask for. */
export interface SourceAccess {
  /** The lessons of the loop nearest to the input, newest first among equals, up to the run's watermark. */
  lessons(input: unknown, limit: number): Promise<readonly Lesson[]>;
  /** Markdown files of the loop's own folder whose name matches, sorted by name. */
  documents(folder: string): Promise<readonly { readonly name: string; readonly text: string }[]>;
  /**
   * Reads outside the loop, bounded, within what the request allows.
   * @throws `SourceRefused` where the request leads out of that, `SourceFailed` where what it leads to does not answer.
   */
  read(request: SourceRequest): Promise<readonly Part[]>;
  readonly signal: AbortSignal;
}

/** What is wrong in the options of a source, found when they are given. */
export interface SourceMistake {
  /** The rule and what broke it, without a full stop. */
  readonly rule: string;
  /** What to do about it: a sentence. */
  readonly fix: string;
}

/** Where context comes from. */
export interface Source<I> {
  readonly name: string;
  readonly trust: Trust;
  readonly keep: Keep;
  /** Why the agent needs it: shown in the manifest. */
  readonly why: string;
  /** True: answers within a second or so from memory, disk or the store, so it costs the run no event of its own. */
  readonly quick: boolean;
  /** Set where it shows the lessons nearest to the input: how many at most. */
  readonly mostLessons?: number;
  /** Told with the other mistakes of the loop when it is defined. */
  readonly mistakes?: readonly SourceMistake[];
  fetch(input: I, access: SourceAccess): Promise<readonly Part[]>;
}

/** The labelled examples and lessons nearest to the input, at most `limit`. Untrusted: they were made from what came from outside. */
export function lessons<I>(options: { readonly limit: number }): Source<I> {
  return {
    name: 'lessons',
    trust: 'untrusted',
    keep: 'durable',
    why: 'what people decided about similar work',
    quick: true,
    mostLessons: options.limit,
    async fetch(input, access) {
      const found = await access.lessons(input, options.limit);
      return found.map((lesson) => ({ text: wordsOf(lesson), lessons: [lesson.id] }));
    },
  };
}

const OUTSIDE_DOCUMENTS: SourceMistake = {
  rule: "`documents()` is given a folder outside of the loop's own, and what it reads is trusted",
  fix: "Put the files into the loop's folder, or read them as data: `files('**/*.md', { root: '../kb', why: '…' })`.",
};

/** Markdown files of the loop's own folder, reviewed like its code and so trusted. */
export function documents<I>(folder: string, options: { readonly why?: string } = {}): Source<I> {
  const leaves = typeof folder !== 'string' || folder.split(/[/\\]/).includes('..');
  return {
    name: `documents(${folder})`,
    trust: 'trusted',
    keep: 'durable',
    why: options.why ?? 'what the loop may rely on',
    quick: true,
    ...(leaves ? { mistakes: [OUTSIDE_DOCUMENTS] } : {}),
    async fetch(_input, access) {
      const files = await access.documents(folder);
      return files.map((file) => ({ text: file.text, title: file.name }));
    },
  };
}

/** A source of your own. Say where its text comes from: what people outside wrote is `untrusted`. */
export function source<I>(options: {
  readonly name: string;
  readonly trust: Trust;
  readonly why: string;
  /** Default `run`: deleted when the run closes. */
  readonly keep?: Keep;
  /** Default false: fetched in an activity of its own, with time and retries. */
  readonly quick?: boolean;
  readonly fetch: Source<I>['fetch'];
}): Source<I> {
  return { keep: 'run', quick: false, ...options };
}

function wordsOf(lesson: Lesson): string {
  if (lesson.kind !== 'example') return `${lesson.text}\nInput: ${JSON.stringify(lesson.input)}`;
  return `Input: ${JSON.stringify(lesson.input)}\nRight output: ${JSON.stringify(lesson.output)}`;
}
