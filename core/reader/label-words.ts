/** A label's name as words: `card_arrival`, `card-arrival` and `cardArrival` are all "card arrival". */
export function labelWords(label: string): string {
  return label
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}
