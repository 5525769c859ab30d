import type { Keep, Trust } from '../../contract/context.ts';
import type { Lesson } from '../../contract/lesson.ts';

/** A piece of context as a source delivers it. */
export interface Part {
  readonly text: string;
  /** For documents: the file's name. */
  readonly title?: string;
  /** Ids of the lessons in it. */
  readonly lessons?: readonly number[];
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
  readonly signal: AbortSignal;
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
    async fetch(input, access) {
      const found = await access.lessons(input, options.limit);
      return found.map((lesson) => ({ text: wordsOf(lesson), lessons: [lesson.id] }));
    },
  };
}

/** Markdown files of the loop's own folder, reviewed like its code and so trusted. */
export function documents<I>(folder: string, options: { readonly why?: string } = {}): Source<I> {
  return {
    name: `documents(${folder})`,
    trust: 'trusted',
    keep: 'durable',
    why: options.why ?? 'what the loop may rely on',
    quick: true,
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
