/** Longest part of a key that stands in a workflow id, in characters. */
const SHOWN = 120;

/** Hex digits of a digest that tell items apart. */
const DIGITS = 12;

/**
 * The key of the run that an item is started with: what can be read of the item's own key, and digits of the digest of
 * all of it, so that no two items, and no two versions of one, have the same. `origin` is `sha256:` and hex digits.
 */
export function runKeyOf(itemKey: string, origin: string): string {
  const readable = itemKey
    .replaceAll(/[^\w.:-]+/g, '_')
    .slice(0, SHOWN)
    .replace(/^_+$/, 'item');
  return `${readable}-${origin.slice('sha256:'.length, 'sha256:'.length + DIGITS)}`;
}

/** What came of a look, in words: why there is nothing to do. */
export function nothingFound(source: string, listed: number): string {
  return listed === 0
    ? `Nothing is listed in ${source}.`
    : `Nothing new in ${source}: ${listed} listed, all of them started before.`;
}
