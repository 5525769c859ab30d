/** One code fence around a whole text, as models write it that nobody holds to a format. */
const FENCE = /^\s*```[a-z]*[ \t]*\r?\n([\s\S]*?)\r?\n?[ \t]*```\s*$/i;

/** A text without the one code fence around the whole of it; any other text stays as it is. */
export function unfenced(text: string): string {
  const [, inside] = FENCE.exec(text) ?? [];
  return inside === undefined || inside.includes('```') ? text : inside;
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  return valueOf(text) !== undefined;
}

/** Whether a text begins as JSON of an object or a list does, however it goes on: a cut answer to a format that was kept does. */
export function beginsAsJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/**
 * Whether a text is JSON of the schema's outermost shape: of its type, with every property it requires. Servers enforce
 * bounds and patterns in part, but this much wherever they enforce anything (reference: models.md).
 */
export function hasShapeOf(schema: Readonly<Record<string, unknown>>, text: string): boolean {
  const value = valueOf(text);
  if (value === undefined) return false;
  if (schema['type'] !== 'object') return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { required } = schema;
  return !Array.isArray(required) || required.every((name) => Object.hasOwn(value, name as string));
}

/** The value of a JSON text; undefined, which no JSON text has, where it is none. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
