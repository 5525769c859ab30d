import type { Place } from './source-place.ts';

/**
 * The line of a field in the object that a call is given: `stages.main.verify.1` in `defineLoop({ … })`. Walks the text
 * as far as the path can be followed (objects, lists, and the objects that calls such as `stage(…, { … })` are given),
 * and answers the line where it ended; the call's own where there is nothing to walk.
 */
export function fieldLine(source: string, call: Place, field: string): number {
  const start = offsetOf(source, call);
  let at = nextCode(source, argumentsAt(source, start) + 1);
  let found = start;
  for (const step of field.split('.')) {
    const next = memberAt(source, at, step);
    if (next === undefined) break;
    found = next.key;
    at = next.value;
  }
  return source.slice(0, found).split('\n').length;
}

function offsetOf(source: string, { line, column }: Place): number {
  const before = source.split('\n').slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

/** Where the arguments of a call open, behind its type arguments. */
function argumentsAt(source: string, call: number): number {
  let depth = 0;
  for (let at = call; at < source.length; at = skipped(source, at)) {
    const char = source[at];
    if (char === '(' && depth === 0) return at;
    if (char === '<') depth += 1;
    if (char === '>' && source[at - 1] !== '=') depth -= 1;
  }
  return call;
}

interface Member {
  readonly key: number;
  readonly value: number;
}

/** A member of what begins at `at`: of an object by name, of a list by number, of a call in the objects it is given. */
function memberAt(source: string, at: number, step: string): Member | undefined {
  const open = source[at];
  if (open === '[') {
    const start = parts(source, at)[Number(step)];
    return start === undefined ? undefined : { key: start, value: start };
  }
  if (open === '{') {
    for (const start of parts(source, at)) {
      const name = /^(?:async\s+)?(?:(['"])(.*?)\1|([\w$]+))\s*/.exec(source.slice(start, start + 300));
      if ((name?.[2] ?? name?.[3]) !== step) continue;
      const after = start + (name?.[0].length ?? 0);
      return { key: start, value: source[after] === ':' ? nextCode(source, after + 1) : start };
    }
    return undefined;
  }
  const called = /^[\w$.]+(?:<[^()]*>)?\(/.exec(source.slice(at, at + 300));
  if (called === null) return undefined;
  const given = parts(source, at + called[0].length - 1).filter((start) => source[start] === '{');
  return given.map((start) => memberAt(source, start, step)).find((member) => member !== undefined);
}

/** Where the comma-separated parts begin of the bracket that opens at `open`. */
function parts(source: string, open: number): number[] {
  const starts: number[] = [];
  let depth = 0;
  let expecting = true;
  for (let at = nextCode(source, open + 1); at < source.length; at = nextCode(source, skipped(source, at))) {
    const char = source[at] ?? '';
    if (')]}'.includes(char)) {
      if (depth === 0) return starts;
      depth -= 1;
    } else if (expecting) {
      starts.push(at);
      expecting = false;
    }
    if ('([{'.includes(char)) depth += 1;
    if (char === ',' && depth === 0) expecting = true;
  }
  return starts;
}

/** The next character that is neither white space nor in a comment. */
function nextCode(source: string, from: number): number {
  const blank = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
  blank.lastIndex = from;
  blank.exec(source);
  return Math.max(from, blank.lastIndex);
}

/** Behind the text, template, pattern, word or character that begins at `at`. */
function skipped(source: string, at: number): number {
  const token = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[\w$]+/y;
  token.lastIndex = at;
  if (token.exec(source) !== null) return token.lastIndex;
  if (source[at] === '`') return behindTemplate(source, at);
  if (source[at] === '/' && /[(,=:[!&|?{};>]$/.test(source.slice(0, at).trimEnd().slice(-1))) {
    const pattern = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/y;
    pattern.lastIndex = at;
    if (pattern.exec(source) !== null) return pattern.lastIndex;
  }
  return at + 1;
}

function behindTemplate(source: string, open: number): number {
  for (let at = open + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '`') return at + 1;
    else if (source.startsWith('${', at)) {
      let depth = 0;
      for (at += 1; at < source.length; at = skipped(source, at)) {
        if (source[at] === '{') depth += 1;
        if (source[at] === '}' && (depth -= 1) === 0) break;
      }
    }
  }
  return source.length;
}
