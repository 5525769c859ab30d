import { html } from 'hono/html';
import { plainPage, type Html } from './plain-page.ts';

/** What somebody reads who may not see a page, or do what they tried. */
export function forbiddenPage(message: string): Html {
  return plainPage(
    'Not allowed',
    html`<p>${message}</p>
      <p><a href="/sign-out">Sign out</a> to come in as somebody else.</p>`,
  );
}
