/** Where a response in the background stands. */
interface Held {
  status: 'in_progress' | 'completed' | 'cancelled';
  body: object;
}

/** Responses that go on at the fake provider whoever looks at them. */
export class BackgroundResponses {
  readonly #held = new Map<string, Held>();
  /** Ids in the order in which they began. */
  readonly begun: string[] = [];
  /** Ids that a client cancelled. */
  readonly cancelled: string[] = [];
  looks = 0;

  /** Begins a response that is done when `made` resolves; its body is what a look shows then. */
  begin(made: Promise<object>): object {
    const id = `resp_bg_${this.begun.push('') - 1}`;
    this.begun[this.begun.length - 1] = id;
    const held: Held = { status: 'in_progress', body: {} };
    this.#held.set(id, held);
    void made.then((body) => {
      if (held.status === 'in_progress') Object.assign(held, { status: 'completed', body: { ...body, id } });
    });
    return this.shown(id) as object;
  }

  /** What a look shows; undefined for an id that was never given. */
  look(id: string): object | undefined {
    this.looks += 1;
    return this.shown(id);
  }

  cancel(id: string): object | undefined {
    const held = this.#held.get(id);
    if (held?.status === 'in_progress') {
      held.status = 'cancelled';
      this.cancelled.push(id);
    }
    return this.shown(id);
  }

  /** The provider forgets it. */
  forget(id: string): void {
    this.#held.delete(id);
  }

  private shown(id: string): object | undefined {
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    return held.status === 'completed'
      ? held.body
      : { id, object: 'response', status: held.status, output: [], usage: null };
  }
}
