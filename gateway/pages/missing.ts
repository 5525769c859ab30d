import type { Context } from 'hono';
import { html } from 'hono/html';
import { answerPage, type PageOptions } from './page.ts';
import { shownLine } from './parts/shown.ts';

/** The page for what is not there: what was looked for, and where to look instead. */
export async function missingPage(context: Context, options: PageOptions, text: string): Promise<Response> {
  const body = html`<h1>Not found</h1>
    <p>${shownLine(text, 400)}</p>
    <p><a href="/runs">All runs</a> · <a href="/">Inbox</a></p>`;
  return await answerPage(context, options, { frame: { title: 'Not found' }, body, status: 404 });
}
