import type { Context } from 'hono';

/** The fields of a form; none where it cannot be read. Reading it again costs nothing. */
export async function formOf(context: Context): Promise<Readonly<Record<string, unknown>>> {
  return await context.req.parseBody().catch(() => ({}));
}
