/** Where a demo draws: one line that changes, or lines that stay. On stderr, because stdout is data. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  #drawn = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** A line that stays. */
  say(text: string): void {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  /** A line that the next one replaces; on what is no terminal, one line now and then. */
  progress(text: string): void {
    if (this.#out.isTTY) {
      this.#clear();
      this.#out.write(text);
      this.#drawn = text.length;
    } else if (performance.now() - this.#last > 5000) {
      this.#last = performance.now();
      this.#out.write(`${text}\n`);
    }
  }

  #last = -Infinity;

  #clear(): void {
    if (this.#drawn > 0) this.#out.write('\r\u001B[2K');
    this.#drawn = 0;
  }
}

/** `▓▓▓▓░░░░` */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * width);
  return '▓'.repeat(full) + '░'.repeat(width - full);
}

/** A share as a percentage. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** A learning curve as bars, one row a point. */
export function curve(points: readonly { readonly after: number; readonly accuracy: number }[]): string {
  return points
    .map(
      ({ after, accuracy }) =>
        `  ${String(after).padStart(6)} messages  ${bar(accuracy, 40)} ${(100 * accuracy).toFixed(1)} %`,
    )
    .join('\n');
}
