import { html } from 'hono/html';
import { FIELD_PREFIX, shownValue } from '../../../core/form/answers.ts';
import type { FieldInput, Form, FormField } from '../../../core/form/fields.ts';
import { hiddenCount } from '../../../core/visible-text.ts';
import type { Markup } from './markup.ts';

/** What a field is filled with, and what is wrong with it. */
export interface Filled {
  /** What was there, with its types. */
  readonly value?: unknown;
  /** What somebody typed and was refused for. */
  readonly typed?: ReadonlyMap<string, string> | undefined;
  readonly mistakes?: readonly { readonly field: string; readonly why: string }[];
}

/** The fields of a form, without its buttons. What was typed stays, with what is wrong beside it. */
export function schemaFields(form: Form, filled: Filled): Markup[] {
  if (form.kind === 'json') {
    const text =
      filled.typed?.get('json') ?? (filled.value === undefined ? '' : JSON.stringify(filled.value, undefined, 2));
    return [jsonField('json', 'JSON', text, whyOf(filled, 'json') ?? whyOf(filled, ''))];
  }
  return form.fields.map((field, index) => fieldOf(field, index, filled));
}

function fieldOf(field: FormField, index: number, filled: Filled): Markup {
  const { name, required, input } = field;
  const key = FIELD_PREFIX + name;
  const id = `field-${index}`;
  const text = filled.typed?.get(key) ?? shownValue(field, filled.value);
  const why = whyOf(filled, name);
  const label = html`${name}${!required && html` <span class="muted">(may stay empty)</span>`}`;
  if (input.kind === 'json') return jsonField(key, name, text, why, id);
  if (input.kind === 'switch')
    return html`<div class="field">
      <input type="hidden" name="${key}" value="false" />
      <label class="switch"
        ><input type="checkbox" name="${key}" value="true" ${text === 'true' && html`checked`} />
        <span>${name}</span></label
      >
    </div>`;
  const hidden = hiddenCount(text);
  const said = [
    html`<span class="muted small">${hintOf(input)}</span>`,
    hidden > 0 && html`<p class="mistake">It holds ${hidden} characters that nobody sees.</p>`,
    why !== undefined && html`<p class="mistake">${why}</p>`,
  ];
  const marks = html` aria-describedby="${id}-said"${why !== undefined && html` aria-invalid="true"`}`;
  return html`<div class="field">
    <label class="label" for="${id}">${label}</label>
    ${control({ key, id, text, input, required, marks })}
    <div id="${id}-said">${said}</div>
  </div>`;
}

interface Control {
  readonly key: string;
  readonly id: string;
  readonly text: string;
  readonly input: Exclude<FieldInput, { kind: 'json' | 'switch' }>;
  readonly required: boolean;
  readonly marks: Markup;
}

function control({ key, id, text, input, required, marks }: Control): Markup {
  switch (input.kind) {
    case 'line':
      return html`<input id="${id}" name="${key}" value="${text}" autocomplete="off" ${marks} />`;
    case 'number':
      return html`<input id="${id}" name="${key}" value="${text}" inputmode="decimal" autocomplete="off" ${marks} />`;
    case 'text': {
      const rows = Math.min(16, Math.max(3, Math.ceil(text.length / 70) + text.split('\n').length));
      // A first line end would be eaten.
      return html`<textarea id="${id}" name="${key}" rows="${rows}" dir="auto" ${marks}>${text}</textarea>`;
    }
    case 'choice':
      return html`<select id="${id}" name="${key}" ${marks}>
        ${(!required || text === '') && html`<option value="">–</option>`}
        ${input.values.map((value) => {
          const own = JSON.stringify(value);
          return html`<option value="${own}" ${own === text && html`selected`}>${String(value)}</option>`;
        })}
      </select>`;
  }
}

function jsonField(key: string, label: string, text: string, why: string | undefined, id = 'field-json'): Markup {
  return html`<div class="field">
    <label class="label" for="${id}">${label}</label>
    <textarea
      id="${id}"
      class="json"
      name="${key}"
      rows="${Math.min(20, text.split('\n').length + 2)}"
      spellcheck="false"
      aria-describedby="${id}-said"
      ${why !== undefined && html` aria-invalid="true"`}
    >
${text}</textarea>
    <div id="${id}-said">
      <span class="muted small">JSON</span>
      ${why !== undefined && html`<p class="mistake">${why}</p>`}
    </div>
  </div>`;
}

function whyOf({ mistakes }: Filled, field: string): string | undefined {
  return mistakes?.find((one) => one.field === field)?.why;
}

function hintOf(input: FieldInput): string {
  switch (input.kind) {
    case 'line':
    case 'text':
      return input.maxLength === undefined ? '' : `at most ${input.maxLength.toLocaleString('en')} characters`;
    case 'number': {
      const kind = input.whole ? 'a whole number' : 'a number';
      if (input.minimum !== undefined && input.maximum !== undefined)
        return `${kind} from ${input.minimum} to ${input.maximum}`;
      if (input.minimum !== undefined) return `${kind}, at least ${input.minimum}`;
      return input.maximum === undefined ? kind : `${kind}, at most ${input.maximum}`;
    }
    case 'choice':
    case 'json':
    case 'switch':
      return '';
  }
}
