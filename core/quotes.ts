/** Letters and digits that a quote has at least. */
const FEWEST_LETTERS = 3;

/** A quote longer than this, in characters, must not be most of the artefact. */
const LONGEST_WHOLE = 200;

/**
 * Words by which a text speaks to whoever judges it. Of a quote with such words nothing follows: a person is asked. They
 * are English and few; what makes a judge obey in other words is stopped by the other rules, or by nothing.
 */
const TO_THE_JUDGE = [
  /\b(ignore|disregard|forget|override|overlook)\b.{0,40}\b(rubric|criteri(on|a)|instructions?)\b/i,
  /\b(pass|approve)\s+(this|it)\b(?!\s+(on|along|to|through|over)\b)/i,
  /\b(mark|score|grade|judge|rate)\b.{0,30}\b(pass(ed|es)?|verified|approved)\b/i,
  /\b(answer|say|respond|return)\b.{0,20}\bpass\b/i,
  /\bpass\W{0,4}true\b/i,
  /<\s*\/?\s*data\b/i,
];

/** What is wrong with a quote as evidence about an artefact; undefined where it shows something. Fails closed. */
export function quoteMistake(quote: string, artefact: string): string | undefined {
  const words = plain(quote);
  const whole = plain(artefact);
  if (words === '' || !whole.includes(words)) return `the judge's quote is not in the artefact: "${quote}"`;
  if (letters(words) < FEWEST_LETTERS || namesOnly(words, artefact))
    return `the judge's quote is too little to show anything: "${quote}"`;
  if (words.length > LONGEST_WHOLE && words.length > whole.length / 2)
    return `the judge quotes ${Math.round((100 * words.length) / whole.length)} % of the artefact, which shows no place in it`;
  if (TO_THE_JUDGE.some((pattern) => pattern.test(words)))
    return `the judge's quote speaks to the judge, so it proves nothing: "${quote}"`;
  return undefined;
}

/** For comparing quotes: JSON escapes and white space do not matter. */
function plain(text: string): string {
  return text
    .replaceAll(/\\[nrt"]/g, ' ')
    .replaceAll(/[\s"]+/g, ' ')
    .trim();
}

function letters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

/** Whether a quote has nothing but names of fields, which every artefact of its schema has. */
function namesOnly(words: string, artefact: string): boolean {
  const { names, values } = read(artefact);
  if (values.some((value) => value.includes(words))) return false;
  let rest = words;
  for (const name of names.toSorted((one, other) => other.length - one.length)) {
    if (rest === name) return true;
    rest = rest.replaceAll(`${name} :`, ' ').replaceAll(`${name}:`, ' ');
  }
  return letters(rest) === 0;
}

/** Names and values of a JSON text, plain; of any other text it is all value. */
function read(text: string): { readonly names: readonly string[]; readonly values: readonly string[] } {
  const names = new Set<string>();
  const values: string[] = [];
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) values.push(plain(String(value)));
    else
      for (const [name, field] of Object.entries(value)) {
        if (!Array.isArray(value)) names.add(plain(name));
        add(field);
      }
  };
  try {
    add(JSON.parse(text));
  } catch {
    return { names: [], values: [plain(text)] };
  }
  return { names: [...names].filter((name) => name !== ''), values };
}
