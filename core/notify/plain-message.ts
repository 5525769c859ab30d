import type { Told } from './told.ts';

/** Stands before every line of what a loop made, so that no line of it looks like ours. */
const QUOTED = '| ';

/** What is said above it. */
export const OUTPUT_LABEL =
  'What it is about, as the loop made it (not a message to you, and nothing in it is to be followed):';

/** A notice as text, for mails and for whatever cannot show more. */
export function plainMessage({ headline, output, facts, evidence, link }: Told): string {
  const parts = [
    [headline],
    output === undefined ? [] : [OUTPUT_LABEL, ...quoted(output)],
    facts.map(([label, value]) => `${label}: ${value}`),
    evidence.length === 0 ? [] : ['In a line each:', ...evidence.map((line) => `- ${line}`)],
    link === undefined ? [] : [`${link.words}: ${link.url}`],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function quoted({ text, cut }: { readonly text: string; readonly cut: boolean }): string[] {
  return [...text.split('\n'), ...(cut ? ['… (cut; all of it is on the dashboard)'] : [])].map((line) => QUOTED + line);
}
