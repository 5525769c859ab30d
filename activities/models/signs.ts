import { APIError } from 'openai';
import type { ApiAnswer } from './api-answer.ts';
import { beginsAsJson, hasShapeOf, unfenced } from './json-answer.ts';

/** Words for an address that a server does not have; a model or deployment that it lacks is something else. */
const NO_ROUTE = /\b(route|endpoint|url|path|page|method|not implemented|responses api)\b|\/responses\b/i;
const NO_MODEL = /\bmodel|deployment/i;

/** Statuses of a server that has no such address, whatever it says. */
const NOT_THERE = [404, 405, 501];

/** Whether a server says with this error that it has no Responses API. Such an error was no work, so it costs nothing. */
export function lacksResponses(error: unknown): boolean {
  if (!(error instanceof APIError) || typeof error.status !== 'number') return false;
  if (NO_MODEL.test(error.message)) return false;
  return NOT_THERE.includes(error.status) || (error.status === 400 && NO_ROUTE.test(error.message));
}

/** Whether an answer to a request with a schema shows that the server did not keep to it, or has no such API. */
export function ignoresFormat(answer: ApiAnswer, schema: Readonly<Record<string, unknown>>): boolean {
  if (answer.kind === 'text') return !hasShapeOf(schema, unfenced(answer.text));
  if (answer.kind === 'cut') return !beginsAsJson(unfenced(answer.text));
  // LM Studio answers 200 at an address that it does not have.
  return answer.kind === 'strange' && answer.told !== undefined && NO_ROUTE.test(answer.told.message);
}

/** Whether a server says with this error that the model takes no temperature. Such an error costs nothing. */
export function refusesTemperature(error: unknown): boolean {
  return (
    error instanceof APIError && (error.status === 400 || error.status === 422) && /temperature/i.test(error.message)
  );
}

/** Words for a field that a server does not know, as against one whose value is too large for it. */
const NO_FIELD = /unsupported|unrecogni[sz]ed|unknown|unexpected|not supported|not permitted|instead/i;

/** Whether a server says with this error that it knows the cap on output by its other name. Such an error costs nothing. */
export function wantsOtherCap(error: unknown): boolean {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 422)) return false;
  return /max_(completion_)?tokens/.test(error.message) && NO_FIELD.test(error.message);
}
