import type { Truths } from './recount.ts';

/** Numbers that are spelt out. `one` and the ordinals are left to prose. */
const NUMBER_WORDS =
  /\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|[mb]illions?|dozens?|half|halves|thirds|twice|thrice|(?:doubl|tripl|halv)(?:e|es|ed|ing)|per ?cent)\b/giu;

/** Anything with a digit of any script in it. */
const NUMBER = /[^\s|()]*\p{N}[^\s|()]*/gu;

/** Markup in which a figure could stand without being seen, or be seen without standing: tags, comments, strike-through, links, front matter. */
const HIDING = /<[!/?a-z]|~~|\][(:[]|!\[|^---/iu;

/** Longest quote of a report's line in a finding. */
const QUOTE_CHARACTERS = 100;

/**
 * Everything wrong with the figures of a report, in words; empty where all is right. A figure is stated as
 * `label: value` (a line, a list item, in brackets) or `| label | value |`. Each has to be stated, each statement has to
 * be true, and no other number, in digits or words, may stand anywhere but the period's dates.
 */
export function liesOf(markdown: string, truths: Truths): string[] {
  const lies: string[] = [];
  const hidden = HIDING.exec(markdown);
  if (hidden !== null) lies.push(`"${hidden[0]}" could hide a figure: write plain Markdown without links and HTML`);
  const stated = new Set<string>();
  const rest = withoutEmphasis(markdown).replaceAll(statement(truths), (_whole, label: string, value: string) => {
    const truth = truths.figures.find((figure) => figure.label === label);
    stated.add(label);
    if (truth?.says(value) !== true) lies.push(`${label}: the report says "${value}", the store says ${truth?.shown}`);
    return ' ';
  });
  for (const { label, shown } of truths.figures) {
    if (!stated.has(label)) lies.push(`${label}: left out, the store says ${shown}; state it as "- ${label}: …"`);
  }
  const known = words([truths.dates, ...truths.names]);
  return [...lies, ...rest.split('\n').flatMap((line) => strays(line, line.replaceAll(known, ' ')))];
}

function strays(line: string, unknown: string): string[] {
  const quote = line.trim().slice(0, QUOTE_CHARACTERS);
  return [...(unknown.match(NUMBER) ?? []), ...(unknown.match(NUMBER_WORDS) ?? [])].map(
    (number) => `"${number}" in "${quote}": the store has no such figure for this report`,
  );
}

/** A known label at the start of a line, a table cell or a bracket, its value, and nothing after it. */
function statement({ figures }: Truths): RegExp {
  const labels = figures.map(({ label }) => escaped(label)).toSorted((a, b) => b.length - a.length);
  const before = String.raw`(?<=^[ \t]*(?:[-+>#•–]+[ \t]+)*|[|(;][ \t]*)`;
  const value = String.raw`([^\n|;()]*?)(?=[ \t]*(?:$|[|;()]|\.(?:\s|$)))`;
  return new RegExp(String.raw`${before}(${labels.join('|')})[ \t]*[:|][ \t]*${value}`, 'gmu');
}

/** Asterisks and backticks change no figure, except between two digits. */
function withoutEmphasis(text: string): string {
  const isDigit = (character: string | undefined): boolean => /^\d$/.test(character ?? '');
  return text.replaceAll(/[*`]+/g, (marks, at: number) =>
    isDigit(text[at - 1]) && isDigit(text[at + marks.length]) ? marks : '',
  );
}

/** These texts where they stand as words of their own. */
function words(texts: readonly string[]): RegExp {
  const any = texts.map(escaped).join('|');
  return new RegExp(String.raw`(?<![\p{L}\p{N}.,$-])(?:${any})(?![\p{L}\p{N}%-]|[.,:]\p{N})`, 'gu');
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
}
