import { fileURLToPath } from 'node:url';

/** A place in a source file; both numbers from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The first place in a stack trace, or at the head of a syntax error, that is in one of `files`. */
export function placeInStack(stack: string, isTheirs: (file: string) => boolean): Place | undefined {
  for (const [, url, line, column] of stack.matchAll(
    /(file:\/\/\/(?:[A-Za-z]:\/)?[^\s?:]+)(?:\?[^\s():]*)?:(\d+)(?::(\d+))?/g,
  )) {
    if (url === undefined) continue;
    const file = fileURLToPath(url);
    if (isTheirs(file)) return { file, line: Number(line), column: Number(column ?? 1) };
  }
  return undefined;
}
