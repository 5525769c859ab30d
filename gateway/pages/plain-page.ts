import { html } from 'hono/html';

/** HTML that is safe: what was put into it was escaped. */
export type Html = ReturnType<typeof html>;

/** A page of few words, for who is not known yet. It loads its looks, and nothing else. */
export function plainPage(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Loopwright</title>
        <link rel="icon" href="/assets/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/style.css" />
      </head>
      <body>
        <main class="plain">
          <p class="mark">Loopwright</p>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
}
