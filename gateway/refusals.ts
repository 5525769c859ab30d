import { ApplicationFailure } from '@temporalio/common';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';

/** What an error answer says. */
export const Refusal = z.object({ error: z.object({ type: z.string(), message: z.string() }) });

/** An error answer: `type` for programs, `message` for people. */
export function refusal(context: Context, status: ContentfulStatusCode, type: string, message: string): Response {
  return context.json({ error: { type, message } } satisfies z.infer<typeof Refusal>, status);
}

/** Status of the failures that have another than 500. */
const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  InvalidInput: 400,
  ArtefactMissing: 410,
  StoreUnavailable: 503,
};

/** The error answer for what a route threw: unreadable requests are 400, failures say what they are, anything else is ours. */
export function answerFailure(context: Context, error: Error): Response {
  if (error instanceof z.ZodError) return refusal(context, 400, 'InvalidInput', z.prettifyError(error));
  if (error instanceof RangeError && error.message.includes('call stack'))
    return refusal(context, 400, 'InvalidInput', 'The request is nested too deep.');
  if (error instanceof SyntaxError) return refusal(context, 400, 'InvalidInput', `Expected JSON: ${error.message}`);
  const type = (error instanceof ApplicationFailure ? error.type : undefined) ?? 'Unexpected';
  return refusal(context, STATUS[type] ?? 500, type, error.message);
}

/** The status of what a route threw. */
export function failureStatus(error: Error): ContentfulStatusCode {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 400;
  return STATUS[(error instanceof ApplicationFailure ? error.type : undefined) ?? ''] ?? 500;
}
