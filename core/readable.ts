/** Deeper values than this are refused: code that follows them would overflow the stack, sooner on one worker than on another. */
const MAX_DEPTH = 100;

/** Values within values, and characters, that a message may have: more of them would take longer than a workflow task may, or not fit into its answer. */
const MOST_NODES = 20_000;
const MOST_CHARACTERS = 128 * 1024;

/** Why nothing should follow a value that came from outside, or undefined where it is safe to. Goes level by level, because a function that calls itself would be what it looks for. */
export function whyUnsafe(value: unknown): string | undefined {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return undefined;
}

/** As {@link whyUnsafe}, for what a history has to keep. */
export function whyTooMuch(value: unknown): string | undefined {
  let level = [value];
  let nodes = 0;
  let characters = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
    const next: unknown[] = [];
    for (const item of level) {
      nodes += 1;
      if (typeof item === 'string') characters += item.length;
      if (typeof item === 'object' && item !== null)
        for (const [key, inner] of Object.entries(item)) {
          characters += key.length;
          next.push(inner);
        }
      if (nodes + next.length > MOST_NODES) return `holds more than ${MOST_NODES} values`;
      if (characters > MOST_CHARACTERS) return `has more than ${MOST_CHARACTERS} characters`;
    }
    level = next;
  }
  return undefined;
}
