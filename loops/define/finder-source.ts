import type { Part, SourceMistake } from './sources.ts';
import type { SourceRequest } from './source-requests.ts';

/** What a finder's source may ask for. */
export interface FinderAccess {
  /** Reads outside the loop, bounded, within what the request allows. */
  read(this: void, request: SourceRequest): Promise<readonly Part[]>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a source lists, oldest first. */
export interface Listing {
  readonly items: readonly unknown[];
  /** Set where it is not all there was, with what it is: `the first 10000 rows`. */
  readonly incomplete?: string;
}

/**
 * Where a finder finds its items: what it knows of one when it lists (`L`), and when it is about to start it (`T`). What
 * `take` and `read` throw is said of that item, and keeps no other from being started.
 */
export interface FinderSource<L, T = L> {
  /** Shown to people: `files(inbox/*.txt)`. */
  readonly name: string;
  /** Told with the other mistakes of the finder when it is defined. */
  readonly mistakes: readonly SourceMistake[];
  /** The key of an item where the finder gives none. */
  key?(this: void, item: L): string;
  list(this: void, access: FinderAccess): Promise<Listing>;
  /** A listed item, as it has to be. */
  take(this: void, listed: unknown): L;
  /** The rest of an item; undefined where it is gone. */
  read(this: void, item: L, access: FinderAccess): Promise<T | undefined>;
}
