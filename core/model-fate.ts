import { FATES, USUAL_FATES, type FateId, type ModelFailureDetails } from '../contract/model-fates.ts';

/** The part of a Temporal failure that names its fate. */
interface Failed {
  readonly type?: string | null;
  readonly details?: readonly unknown[] | null;
}

/** The row of a model's failure, by its details or else its type; undefined for every other failure. */
export function fateOf(error: unknown): FateId | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { type, details } = error as Failed;
  if (typeof type !== 'string' || !Object.hasOwn(USUAL_FATES, type)) return undefined;
  const { fate } = (details?.[0] ?? {}) as Partial<ModelFailureDetails>;
  return fate !== undefined && Object.hasOwn(FATES, fate) ? fate : USUAL_FATES[type as keyof typeof USUAL_FATES];
}

/** Whether a failure is the provider's, so that another model may answer instead. */
export function isOutage(error: unknown): boolean {
  const fate = fateOf(error);
  return fate !== undefined && FATES[fate].outage;
}

/** True when the provider cannot have charged for the call: it refused it before working on it, or never got it. */
export function isFree(error: unknown): boolean {
  const fate = fateOf(error);
  return fate !== undefined && FATES[fate].paid === 'nothing';
}
