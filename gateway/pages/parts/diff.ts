import { html } from 'hono/html';
import { isRecord } from '../../../core/form/fields.ts';
import { textDiff, type DiffPart } from '../../../core/text-diff.ts';
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
  return textDiff(before, after).map(part);
}

/** Characters around a change that are shown of a long text that stays the same. */
const AROUND = 300;

/** What changed in a text, in the midst of what stays the same; of that, what is far from a change is left out. */
export function changedWords(parts: readonly DiffPart[]): Markup[] {
  return parts.map((one, index) => {
    if (one.kind !== 'same') return part(one);
    const characters = Array.from(one.text);
    const [first, last] = [index === 0, index === parts.length - 1];
    const [head, tail] = [first ? 0 : AROUND, last ? 0 : AROUND];
    const out = characters.length - head - tail;
    if (out <= AROUND) return part(one);
    const end = characters.slice(characters.length - tail).join('');
    return html`${pieces(characters.slice(0, head).join(''))}<span class="muted"
        >… ${out.toLocaleString('en')} characters that stay …</span
      >${pieces(end)}`;
  });
}

function part({ kind, text }: DiffPart): Markup {
  if (kind === 'gone') return html`<del>${pieces(text)}</del>`;
  return kind === 'new' ? html`<ins>${pieces(text)}</ins>` : html`${pieces(text)}`;
}

function written(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}
