import { html } from 'hono/html';
import { OUTPUT_LABEL } from '../../core/notify/plain-message.ts';
import type { Told } from '../../core/notify/told.ts';

/** A notice as the HTML part of a mail: text only, escaped, with one link of ours; it loads nothing. */
export async function mailHtml({ headline, output, facts, evidence, link }: Told): Promise<string> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${headline}</title>
      </head>
      <body style="font: 15px/1.5 system-ui, sans-serif; color: #1d2329; max-width: 42rem">
        <h1 style="font-size: 18px">${headline}</h1>
        ${
          output === undefined
            ? ''
            : html`<p>${OUTPUT_LABEL}</p>
                <pre style="${BOX}">${output.text}${output.cut ? '\n…' : ''}</pre>`
        }
        <table style="border-spacing: 0">
          ${facts.map(
            ([label, value]) =>
              html`<tr>
                <th scope="row" style="${LABEL}">${label}</th>
                <td style="padding: 2px 0">${value}</td>
              </tr>`,
          )}
        </table>
        ${
          evidence.length === 0
            ? ''
            : html`<ul>
                ${evidence.map((line) => html`<li>${line}</li>`)}
              </ul>`
        }
        ${link === undefined ? '' : html`<p><a href="${link.url}">${link.words}</a><br /><small>${link.url}</small></p>`}
      </body>
    </html>`;
  return String(await page);
}

const BOX = 'white-space: pre-wrap; border-left: 3px solid #8a949e; padding: 4px 0 4px 12px; font-size: 13px';
const LABEL = 'text-align: left; vertical-align: top; padding: 2px 16px 2px 0; font-weight: 600';
