/** `make`, keeping its last `size` results by text; the same text asked for twice at once is made once, a failure is not kept. */
export function remembered<V>(make: (text: string) => Promise<V>, size: number): (text: string) => Promise<V> {
  const kept = new Map<string, Promise<V>>();
  return (text) => {
    const made = kept.get(text) ?? make(text);
    kept.delete(text);
    kept.set(text, made);
    made.catch(() => kept.get(text) === made && kept.delete(text));
    const [oldest] = kept.keys();
    if (kept.size > size && oldest !== undefined) kept.delete(oldest);
    return made;
  };
}
