import type { HtmlEscapedString } from 'hono/utils/html';

/** A piece of a page. Whatever was put into it is escaped. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;
