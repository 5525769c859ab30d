/** Whether a JSON Schema fits strict structured output: every property required and no others, on every level. */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const { type, properties, required, additionalProperties } = schema as Record<string, unknown>;
  if (type === 'object') {
    const names = Object.keys((properties ?? {}) as object);
    const all = Array.isArray(required) && names.every((name) => (required as unknown[]).includes(name));
    if (additionalProperties !== false || !(all || names.length === 0)) return false;
  }
  return Object.values(schema).every(isStrict);
}
