/** Deeper values than this are refused: code that follows them would overflow the stack, sooner on one worker than on another. */
const MAX_DEPTH = 100;

/** How much a value may hold: values within values, and characters of its texts and names. */
export interface Bounds {
  readonly nodes: number;
  readonly characters: number;
}

/** Of a message: more would take longer than a workflow task may, or not fit into its answer. */
export const MESSAGE_BOUNDS: Bounds = { nodes: 20_000, characters: 128 * 1024 };

const UNBOUNDED: Bounds = { nodes: Infinity, characters: Infinity };

/** Why nothing should follow a value that came from outside, or undefined where it is safe to. Goes level by level, because a function that calls itself would be what it looks for. */
export function whyUnsafe(value: unknown, most: Bounds = UNBOUNDED): string | undefined {
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
      if (nodes + next.length > most.nodes) return `holds more than ${most.nodes} values`;
      if (characters > most.characters) return `has more than ${most.characters} characters`;
    }
    level = next;
  }
  return undefined;
}
