import type { Context } from 'hono';

/** The fields that a form sent. A box that is ticked comes after the hidden field that stands for one that is not: the last counts. */
export async function sentFields(context: Context): Promise<Map<string, string>> {
  const sent = new Map<string, string>();
  for (const [name, value] of Object.entries(await context.req.parseBody({ all: true }))) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (typeof last === 'string') sent.set(name, last);
  }
  return sent;
}
