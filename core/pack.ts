import { estimateTokens } from './money.ts';

/** A part that wants to be in a context. */
export interface Wish {
  readonly text: string;
}

/** What became of a part: whole, cut to what was left, or dropped. */
export type Packed<W extends Wish> =
  | { readonly kind: 'whole'; readonly wish: W; readonly text: string; readonly tokens: number }
  | {
      readonly kind: 'cut';
      readonly wish: W;
      readonly text: string;
      readonly tokens: number;
      readonly fromTokens: number;
    }
  | { readonly kind: 'dropped'; readonly wish: W; readonly tokens: number };

/** Below this many tokens a cut part would say nothing, so it is dropped. */
const SMALLEST_CUT = 16;

/** Fits parts into a token budget in the order given: earlier ones first, the first that does not fit is cut, the rest only if small enough. */
export function pack<W extends Wish>(wishes: readonly W[], budgetTokens: number): Packed<W>[] {
  let left = budgetTokens;
  return wishes.map((wish): Packed<W> => {
    const tokens = estimateTokens(wish.text);
    if (tokens <= left) {
      left -= tokens;
      return { kind: 'whole', wish, text: wish.text, tokens };
    }
    if (left < SMALLEST_CUT) return { kind: 'dropped', wish, tokens };
    const text = cut(wish.text, left * 4);
    const used = estimateTokens(text);
    left -= used;
    return { kind: 'cut', wish, text, tokens: used, fromTokens: tokens };
  });
}

/** The longest start of a text that has at most that many UTF-8 bytes, never half a character. */
export function cut(text: string, maxBytes: number): string {
  const buffer = new Uint8Array(maxBytes);
  const { read } = new TextEncoder().encodeInto(text, buffer);
  return text.slice(0, read);
}
