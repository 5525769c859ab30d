import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import type { Mistake } from '../../contract/mistake.ts';
import { schemaMistakes, type MistakeAt } from './schema-mistakes.ts';

/** A YAML file as it was read: its value where it fits the schema, else every mistake in it. */
export interface YamlFile<T> {
  readonly value: T | undefined;
  /** What the YAML says, whether it fits or not: null where that is nothing, undefined where it is no YAML. */
  readonly raw: unknown;
  readonly mistakes: readonly Mistake[];
  /** A mistake at a field, with its line. */
  readonly mistake: MistakeAt;
}

/** Reads a YAML text against a schema; `file` is what messages call it. An empty one is an empty map. */
export function readYaml<T>(text: string, file: string, schema: z.ZodType<T>): YamlFile<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const mistake: MistakeAt = (path, rule, fix) => {
    const line = lineOf(document, lines, path);
    return {
      file,
      ...(line === undefined ? {} : { line }),
      ...(path.length === 0 ? {} : { field: path.join('.') }),
      rule,
      fix,
    };
  };
  const broken = document.errors.map(({ code, message, pos: [start] }) => ({
    file,
    line: lines.linePos(start).line,
    rule: `this is no YAML: ${message}`,
    fix: FIXES[code] ?? 'Mend the indentation, quotes and colons there.',
  }));
  if (broken.length > 0) return { value: undefined, raw: undefined, mistakes: broken, mistake };
  const read = valueOf(document);
  if ('why' in read)
    return { value: undefined, raw: undefined, mistakes: [mistake([], read.why, 'Write it out.')], mistake };
  const parsed = schema.safeParse(read.value ?? {});
  if (parsed.success) return { value: parsed.data, raw: read.value, mistakes: [], mistake };
  const mistakes = schemaMistakes(schema, read.value ?? {}, parsed.error, mistake);
  return { value: undefined, raw: read.value, mistakes, mistake };
}

const FIXES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'Keep one of the two.',
  TAB_AS_INDENT: 'Indent with spaces.',
  MULTIPLE_DOCS: 'Keep one document: remove the line `---`.',
};

function valueOf(document: Document): { value: unknown } | { why: string } {
  try {
    return { value: document.toJS() };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

/** The line of the last step of a path that the file has; of keys the key's. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents;
  let start = (node as Node | null)?.range?.[0];
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : undefined;
    const next: unknown = isSeq(node) ? node.items[Number(step)] : pair?.value;
    const place = ((pair?.key ?? next) as Node | null | undefined)?.range?.[0];
    if (place === undefined) break;
    start = place;
    node = next;
  }
  return start === undefined ? undefined : lines.linePos(start).line;
}
