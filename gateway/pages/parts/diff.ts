import { html } from 'hono/html';
import { isRecord } from '../../../core/form/fields.ts';
import { textDiff } from '../../../core/text-diff.ts';
import { parsedJson } from '../../../core/json-text.ts';
import type { Markup } from './markup.ts';
import { pieces } from './shown.ts';

/** What changed between two outputs, field by field where both are records; fields that are the same are left out. */
export function outputDiff(before: string, after: string): Markup {
  const [old, fresh] = [parsedJson(before), parsedJson(after)];
  if (!isRecord(old) || !isRecord(fresh)) return html`<div class="text diff">${words(before, after)}</div>`;
  const names = [...new Set([...Object.keys(fresh), ...Object.keys(old)])];
  const changed = names.filter((name) => written(old[name]) !== written(fresh[name]));
  if (changed.length === 0) return html`<p class="muted">Nothing: both say the same.</p>`;
  return html`<dl class="fields">
    ${changed.map(
      (name) =>
        html`<div>
          <dt>${name}</dt>
          <dd class="text diff" dir="auto">${words(written(old[name]), written(fresh[name]))}</dd>
        </div>`,
    )}
  </dl>`;
}

function words(before: string, after: string): Markup[] {
  return textDiff(before, after).map(({ kind, text }) => {
    if (kind === 'gone') return html`<del>${pieces(text)}</del>`;
    return kind === 'new' ? html`<ins>${pieces(text)}</ins>` : html`${pieces(text)}`;
  });
}

function written(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}
