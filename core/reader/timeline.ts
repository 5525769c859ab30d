/**
 * Things in the order of their ids, so that "what was known at watermark w" is always the first `count(w)` of them.
 * Ids are whole numbers that a store hands out; they mostly arrive in ascending order, but need not.
 */
export class Timeline<T extends { readonly id: number }> {
  readonly #items: T[] = [];

  /** All items so far, ascending by id. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** How many items have an id of at most `watermark`. */
  count(watermark: number): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#items[middle] as T).id <= watermark) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether something of here, up to the watermark, is not among what is there, in the order of ids: it was erased or retired meanwhile, or is left out. */
  hasMoreThan(there: readonly { readonly id: number }[], watermark: number): boolean {
    let at = 0;
    for (const { id } of this.#items.slice(0, this.count(watermark))) {
      while (at < there.length && (there[at] as { id: number }).id < id) at += 1;
      if (there[at]?.id !== id) return true;
    }
    return false;
  }

  /** Whether what is here up to the watermark is how that begins which is there: nothing more, and nothing left out. */
  isBeginningOf(there: readonly { readonly id: number }[], watermark: number): boolean {
    const upTo = this.count(watermark);
    if (upTo > there.length || (upTo < this.#items.length && upTo < there.length)) return false;
    return this.#items.slice(0, upTo).every(({ id }, at) => there[at]?.id === id);
  }

  /** Puts an item in its place: `appended` at the end, `inserted` before others, `known` (and ignored) when its id is already there. */
  add(item: T): 'appended' | 'inserted' | 'known' {
    const at = this.count(item.id);
    if (at > 0 && this.#items[at - 1]?.id === item.id) return 'known';
    this.#items.splice(at, 0, item);
    return at === this.#items.length - 1 ? 'appended' : 'inserted';
  }
}
