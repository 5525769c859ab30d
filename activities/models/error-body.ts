/**
 * The body of an error in the one form that the client reads, `{ error: { message, … } }`. Others write `{ error: "…" }`
 * (Ollama), `{ message }` (vLLM of old) or `{ detail }` (FastAPI). What is no JSON stays: the client shows it as it is.
 */
export function errorBody(bytes: Uint8Array): Uint8Array {
  const body = objectOf(bytes);
  if (body === undefined) return bytes;
  const { error = body } = body;
  if (typeof error === 'string') return written({ message: error });
  if (typeof error !== 'object' || error === null || Object.keys(error).length === 0) return bytes;
  const { message, detail = error } = error as { message?: unknown; detail?: unknown };
  const text = message ?? detail;
  return written({ ...error, message: typeof text === 'string' ? text : JSON.stringify(text) });
}

function objectOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function written(error: Readonly<Record<string, unknown>>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ error }));
}
