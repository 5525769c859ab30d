import { html } from 'hono/html';
import { isRecord } from '../../../core/form/fields.ts';
import { parsedJson, readableJson } from '../../../core/json-text.ts';
import { inOrder } from '../../../core/preview.ts';
import type { Markup } from './markup.ts';
import { shown } from './shown.ts';

/** Most fields that are shown one by one. */
const MOST_FIELDS = 60;

/** A JSON text for people: its fields, one under the other; what is nested in them as JSON. A text that is no JSON stands as it is. */
export function fieldsOf(text: string, names: readonly string[] = []): Markup {
  const value = parsedJson(text);
  if (!isRecord(value)) return shown(typeof value === 'string' ? value : text);
  const entries = inOrder(value, names);
  return html`<dl class="fields">
      ${entries.slice(0, MOST_FIELDS).map(
        ([name, one]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${valueOf(one)}</dd>
          </div>`,
      )}
    </dl>
    ${entries.length > MOST_FIELDS && html`<p class="muted">and ${entries.length - MOST_FIELDS} fields more, in the JSON</p>`}`;
}

/** The JSON itself, in a box that is opened. */
export function rawJson(text: string, label: string): Markup {
  return html`<details class="raw">
    <summary>${label}</summary>
    <div class="json" tabindex="0" role="region" aria-label="${label}">${shown(readableJson(text), 20_000)}</div>
  </details>`;
}

function valueOf(value: unknown): Markup {
  if (typeof value === 'string') return value === '' ? html`<span class="muted">empty</span>` : shown(value);
  if (typeof value === 'number') return html`<span class="number">${value}</span>`;
  if (typeof value === 'boolean') return html`${value ? 'yes' : 'no'}`;
  if (value === null) return html`<span class="muted">none</span>`;
  if (Array.isArray(value) && value.length > 0 && value.length <= MOST_FIELDS && value.every(isShort))
    return html`<ul class="values">
      ${value.map((one) => html`<li>${shown(String(one))}</li>`)}
    </ul>`;
  return html`<div class="json">${shown(JSON.stringify(value, undefined, 2))}</div>`;
}

function isShort(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string';
}
