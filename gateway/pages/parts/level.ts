import { html } from 'hono/html';
import type { LoopLevel } from '../../loop-level.ts';
import { badge, type Tone } from './badge.ts';
import type { Markup } from './markup.ts';
import { loopPath } from './run-words.ts';
import { shownLine } from './shown.ts';

const WORDS: Readonly<Record<LoopLevel['level'], readonly [Tone, string]>> = {
  L1: ['bad', 'L1: it only reports'],
  L2: ['wait', 'L2: a person approves'],
  L3: ['good', 'L3: unattended'],
};

/** How much a loop does by itself, with the way to its review; without a level its approval rule says so. */
export function levelLink(loop: string, level: LoopLevel | undefined): Markup {
  const words = level === undefined ? 'its approval rule' : badge(...WORDS[level.level]);
  return html`<a href="${loopPath(loop)}/review#autonomy" title="${level?.because ?? ''}">${words}</a>`;
}

/** The level and why, for a page that has room for it. */
export function levelWords(level: LoopLevel | undefined): Markup {
  if (level === undefined) return html`What its approval rule says: its harness has no level of autonomy.`;
  return html`<strong>${WORDS[level.level][1]}</strong>: ${shownLine(level.because, 600)}.`;
}
