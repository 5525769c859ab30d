import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** So many characters of a secret in a row give it away: a cut through it hides nothing. */
const TELLING = 20;

/** Secrets that were planted, by what they are. */
export type Canaries = Readonly<Record<string, string>>;

/** Where a part of a secret stands. */
export interface Leak {
  readonly secret: string;
  readonly where: string;
}

/** Looks for secrets in everything it is shown. */
export class CanaryWatch {
  readonly leaks: Leak[] = [];
  /** How many bytes were looked through. */
  looked = 0;
  readonly #needles: readonly (readonly [secret: string, needle: Buffer])[];

  constructor(canaries: Canaries) {
    this.#needles = Object.entries(canaries).flatMap(([secret, value]) =>
      partsOf(value).map((part) => [secret, Buffer.from(part)] as const),
    );
  }

  /** Looks through a text or bytes; `but` are secrets that belong there. */
  look(where: string, content: string | Buffer, but: readonly string[] = []): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.looked += bytes.length;
    for (const [secret, needle] of this.#needles)
      if (
        !but.includes(secret) &&
        bytes.includes(needle) &&
        !this.leaks.some((leak) => leak.secret === secret && leak.where === where)
      )
        this.leaks.push({ secret, where });
  }

  /** Looks through every file of a folder; `but` says what belongs where, by path. */
  async lookInto(folder: string, but: Readonly<Record<string, readonly string[]>> = {}): Promise<readonly string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    for (const file of files) {
      const path = relative(folder, file);
      this.look(path, await readFile(file), but[path]);
    }
    return files.map((file) => relative(folder, file));
  }
}

/** Its beginning, its end and what is between, each telling. The mark at its front is no secret. */
function partsOf(value: string): string[] {
  const core = value.replace(/^(sk-|whsec_|lw[cs]?_([0-9a-f]{12}_)?)/, '');
  const middle = Math.floor((core.length - TELLING) / 2);
  return [0, middle, core.length - TELLING].map((from) => core.slice(from, from + TELLING));
}
