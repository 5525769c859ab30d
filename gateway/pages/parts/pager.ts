import { html } from 'hono/html';
import type { Markup } from './markup.ts';

/** An address with other words in its query; those that are undefined or empty are left out. */
export function address(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value);
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

/** Leads to the page after this one, and back to the first. Lists go on after the last one that was shown, whatever comes in meanwhile. */
export function pager(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  { after, next }: { readonly after: string | undefined; readonly next: string | undefined },
): Markup | string {
  if (after === undefined && next === undefined) return '';
  return html`<nav class="pager" aria-label="Pages">
    ${after !== undefined && html`<a href="${address(path, query)}">First page</a>`}
    ${next !== undefined && html`<a href="${address(path, { ...query, after: next })}" rel="next">Next page</a>`}
  </nav>`;
}
