import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { refusal } from '../refusals.ts';

const FOLDER = join(import.meta.dirname, 'assets');

const FILES: Readonly<Record<string, string>> = {
  'style.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'mark.svg': 'image/svg+xml',
};

/** `GET /assets/<file>`: what pages look like and do. A browser that has one is told so (`ETag`), and asks again: an upgrade shows at once. */
export function assetRoutes(): Hono {
  return new Hono().use(etag()).get('/:file', async (context) => {
    const name = context.req.param('file');
    const type = FILES[name];
    if (type === undefined) return refusal(context, 404, 'NotFound', `There is no file ${name}.`);
    return context.body(await readFile(join(FOLDER, name)), 200, { 'content-type': type, 'cache-control': 'no-cache' });
  });
}
