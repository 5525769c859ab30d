import { createHash, randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';

/** Identity of a run's trace and of its root span: from the run's key alone, so that every worker and every retry writes into one trace. */
export function runSpan(runKey: string): SpanContext {
  return {
    traceId: hex(`loopwright/trace/${runKey}`, 32),
    spanId: hex(`loopwright/run/${runKey}`, 16),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  };
}

/** What the steps of a run are children of. */
export function underRun(runKey: string): Context {
  return trace.setSpanContext(ROOT_CONTEXT, runSpan(runKey));
}

/** Random ids, but for the root span of a run, which is written when the run closes. */
export class RunIds {
  #next: SpanContext | undefined;

  /** Starts a span that gets this identity. */
  as<T>(identity: SpanContext, start: () => T): T {
    this.#next = identity;
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  }

  generateTraceId = (): string => this.#next?.traceId ?? randomBytes(16).toString('hex');
  generateSpanId = (): string => this.#next?.spanId ?? randomBytes(8).toString('hex');
}

function hex(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
