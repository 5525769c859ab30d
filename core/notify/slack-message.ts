import { OUTPUT_LABEL, plainMessage } from './plain-message.ts';
import type { Told } from './told.ts';

/** Longest texts that Slack takes in a header, a section and a field (its Block Kit reference). */
const HEADER = 150;
const SECTION = 3000;
const FIELD = 2000;
const FIELDS = 10;

/** What the fence may take of a section. */
const FENCE = 2700;

/** A message of an incoming webhook. */
export interface SlackMessage {
  /** For notifications, and for what shows no blocks. */
  readonly text: string;
  readonly blocks: readonly object[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

/** A notice as Slack shows it. Only our own words and our own link are markup; all else is plain text, or escaped in a fence. */
export function slackMessage(told: Told): SlackMessage {
  const { headline, output, facts, evidence, link } = told;
  const blocks = [
    { type: 'header', text: plain(headline, HEADER) },
    ...(output === undefined ? [] : [section(`${OUTPUT_LABEL}\n${fenced(output.text, output.cut)}`)]),
    ...(facts.length === 0
      ? []
      : [
          {
            type: 'section',
            fields: facts.slice(0, FIELDS).map(([label, value]) => plain(`${label}\n${value}`, FIELD)),
          },
        ]),
    ...(evidence.length === 0 ? [] : [{ type: 'section', text: plain(evidence.join('\n'), SECTION) }]),
    ...(link === undefined ? [] : [section(`<${slackText(link.url)}|${slackText(link.words)}>`)]),
  ];
  return { text: slackText(plainMessage(told)), blocks, unfurl_links: false, unfurl_media: false };
}

/** A text in which Slack sees no markup of its own: no mention, no link, no entity. */
export function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function plain(text: string, longest: number): object {
  return { type: 'plain_text', text: cutTo(text, longest), emoji: false };
}

function section(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** A text that cannot close its own fence, and fits into its section once it is escaped. */
function fenced(text: string, cut: boolean): string {
  const safe = slackText(text.replaceAll('`', "'"));
  if (safe.length > FENCE) return fenced(text.slice(0, Math.floor(text.length / 2)), true);
  return `\`\`\`\n${safe}${cut ? '\n…' : ''}\n\`\`\``;
}

function cutTo(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
