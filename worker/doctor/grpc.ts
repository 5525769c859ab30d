/** `temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW`. */
export const WORKFLOW_QUEUE = 1;

/** Status codes of gRPC that mean something to us. */
const CODES = { notFound: 5, permissionDenied: 7, unimplemented: 12, unauthenticated: 16 } as const;

/** Whether the server says that something is not there. */
export function isNotFound(error: unknown): boolean {
  return codeOf(error) === CODES.notFound;
}

/** Whether the server says that we may not. */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code === CODES.permissionDenied || code === CODES.unauthenticated;
}

/** Whether the server does not know the call. */
export function isUnimplemented(error: unknown): boolean {
  return codeOf(error) === CODES.unimplemented;
}

/** The SDK wraps some of gRPC's errors. */
function codeOf(error: unknown): unknown {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } };
  return typeof code === 'number' ? code : cause?.code;
}
