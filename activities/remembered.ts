/** The newest `size` values by key, for what is dear to make and never changes under its key. */
export class Remembered<V> {
  readonly #values = new Map<string, V>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** Keeps a value, forgetting the oldest where there are too many, and returns it. */
  keep(key: string, value: V): V {
    if (this.#values.size >= this.#size) {
      for (const oldest of this.#values.keys()) {
        this.#values.delete(oldest);
        break;
      }
    }
    this.#values.set(key, value);
    return value;
  }
}
