import { canonicalJson } from '../../core/canonical.ts';
import type { Part, SourceRequest } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';

/** Whose request it is. */
export interface Asking {
  readonly loop: string;
  /** The loop's own. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Reads what a request asks for, or takes what it was answered lately where its author allows that. Loops share nothing,
 * and what a request is allowed is part of it: a wider one takes no answer to a narrower one, nor the other way.
 */
export async function readOrTake(deps: Dependencies, request: SourceRequest, asking: Asking): Promise<readonly Part[]> {
  const { loop, folder, signal } = asking;
  const read = () => deps.sources.read(request, folder, signal);
  const { reuseForMs, ...what } = request;
  if (reuseForMs === 0) return await read();
  const key = deps.store.artefacts.digest(canonicalJson({ loop, folder, what }));
  const now = deps.now();
  const known = await deps.store.sourceAnswers.find(key, now - reuseForMs);
  if (known !== undefined) {
    const parts = JSON.parse(known.body) as readonly Part[];
    return parts.map((part) => ({ ...part, cachedForMs: Math.max(0, now - known.at) }));
  }
  const parts = await read();
  await deps.store.sourceAnswers.put({ key, loop, body: canonicalJson(parts), at: now, expiresAt: now + reuseForMs });
  return parts;
}
